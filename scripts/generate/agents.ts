// What docs/agents.md says of each tool: what an agent is told.
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
