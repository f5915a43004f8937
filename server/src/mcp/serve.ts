// Serves the tools over standard input and output with the MCP SDK. Bundled as `dist/mcp.js`, which `flopline mcp`
// loads.
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
  type Tool as ProtocolTool,
  RootsListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { Toolbox } from './tool.ts';

/** Serves tools until the client disconnects. */
export async function serve(toolbox: Toolbox): Promise<void> {
  const { version, instructions } = toolbox;
  const server = new Server(
    { name: 'flopline', title: 'Flopline', version },
    { capabilities: { tools: {} }, instructions },
  );

  /** Calls wait for the client to say which folders may be read. */
  let roots: Promise<void> = Promise.resolve();
  const askForRoots = async (): Promise<void> => {
    if (!toolbox.asksForRoots || !server.getClientCapabilities()?.roots) return;
    const asked = await server.listRoots(undefined, { timeout: 5000 }).catch(() => undefined);
    if (asked) toolbox.setRoots(asked.roots.map(({ uri }) => uri));
  };
  server.oninitialized = () => {
    roots = askForRoots();
  };
  server.setNotificationHandler(RootsListChangedNotificationSchema, () => {
    roots = askForRoots();
  });

  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: toolbox.tools.map(
      ({ name, title, description, input, output, isReadOnly }) =>
        ({
          name,
          title,
          description,
          inputSchema: input,
          outputSchema: output,
          annotations: { title, readOnlyHint: isReadOnly, destructiveHint: !isReadOnly, openWorldHint: false },
        }) as unknown as ProtocolTool,
    ),
  }));

  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal, sendNotification, _meta }) => {
    await roots;
    let reported = 0;
    const answer = await toolbox
      .call(params.name, params.arguments ?? {}, {
        isCancelled: () => signal.aborted,
        progress: (progress, total, message) => {
          const progressToken = _meta?.progressToken;
          // At most a few updates per second are readable.
          if (progressToken === undefined || performance.now() - reported < 200) return;
          reported = performance.now();
          sendNotification({
            method: 'notifications/progress',
            params: { progressToken, progress, total, message },
          }).catch(() => {});
        },
      })
      .catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
        return { refused: error instanceof Error ? error.message : String(error) };
      });
    const result: CallToolResult =
      'refused' in answer
        ? { content: [{ type: 'text', text: answer.refused }], isError: true }
        : { content: [{ type: 'text', text: answer.text }], structuredContent: answer.data };
    return result;
  });

  await server.connect(new StdioServerTransport());
}
