// Declares the tools for agents to editors that support them; the editor starts `flopline mcp` when it needs one.
import * as vscode from 'vscode';

/** The API that VS Code has since 1.101 for MCP servers of extensions. */
interface Provider {
  provideMcpServerDefinitions(): readonly object[];
}

interface WithServers {
  readonly lm?: { registerMcpServerDefinitionProvider?(id: string, provider: Provider): vscode.Disposable };
  readonly McpStdioServerDefinition?: new (
    label: string,
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    version: string,
  ) => object;
}

/** Declares the tools; does nothing in editors without that API. */
export function offerTools(context: vscode.ExtensionContext): void {
  const { lm, McpStdioServerDefinition: Definition } = vscode as unknown as WithServers;
  if (!lm?.registerMcpServerDefinitionProvider || !Definition) return;
  const { version } = context.extension.packageJSON as { version: string };
  const server = context.asAbsolutePath('dist/server.js');
  context.subscriptions.push(
    lm.registerMcpServerDefinitionProvider('flopline.tools', {
      // Runs on the editor's own Node. The MCP client says which folders may be read.
      provideMcpServerDefinitions: () => [
        new Definition('Flopline', process.execPath, [server, 'mcp'], { ELECTRON_RUN_AS_NODE: '1' }, version),
      ],
    }),
  );
}
