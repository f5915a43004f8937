// Generates the descriptions of tools in docs/agents.md, from what agents get to read.
import { toolbox } from '../../server/src/mcp/toolbox.ts';

export function toolList(): string {
  const { tools } = toolbox([], '');
  return tools
    .map(({ name, description, input, isReadOnly }) => {
      const own = Object.keys(input.properties ?? {}).map(key => `\`${key}\``);
      const changes = isReadOnly ? '' : ' Changes a file only with `write: true`.';
      return `### ${name}\n\n${description}\n\nTakes ${own.join(', ')}.${changes}`;
    })
    .join('\n\n');
}
