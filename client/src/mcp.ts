// The tools for agents, declared to editors that have agents: they start `flopline mcp` when one of its tools is wanted.
import * as vscode from 'vscode';

/** What VS Code has since 1.101, where its agents may use servers of extensions. */
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

/** Declares the tools; nothing where the editor knows no such servers. */
export function offerTools(context: vscode.ExtensionContext): void {
  const { lm, McpStdioServerDefinition: Definition } = vscode as unknown as WithServers;
  if (!lm?.registerMcpServerDefinitionProvider || !Definition) return;
  const { version } = context.extension.packageJSON as { version: string };
  const server = context.asAbsolutePath('dist/server.js');
  context.subscriptions.push(
    lm.registerMcpServerDefinitionProvider('flopline.tools', {
      // The editor's own Node; which folders may be read, its client says.
      provideMcpServerDefinitions: () => [
        new Definition('Flopline', process.execPath, [server, 'mcp'], { ELECTRON_RUN_AS_NODE: '1' }, version),
      ],
    }),
  );
}
