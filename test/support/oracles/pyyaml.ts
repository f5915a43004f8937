// Reads texts with PyYAML, if a python3 with it is installed.
import { spawnSync } from 'node:child_process';

const program = `
import json, sys, yaml
def text(v):
    if isinstance(v, bool) or v is None: return {True: 'true', False: 'false', None: 'null'}[v]
    if isinstance(v, (int, float)): return str(v).replace('inf', '.inf').replace('nan', '.nan')
    if isinstance(v, list): return '[' + ', '.join(map(text, v)) + ']'
    if isinstance(v, dict): return '{' + ', '.join(text(k) + ': ' + text(x) for k, x in v.items()) + '}'
    return json.dumps(str(v))
def top(d):
    lines = []
    for k, v in d.items():
        lines.append((k if isinstance(k, str) and k.isidentifier() else text(k)) + ':')
        if isinstance(v, list) and v and all(isinstance(r, list) for r in v): lines += ['  - ' + text(r) for r in v]
        else: lines[-1] += ' ' + text(v)
    return '\\n'.join(lines)
out = []
for t in json.load(sys.stdin):
    try:
        d = yaml.safe_load(t)
        out.append(top(d) if isinstance(d, dict) else None)
    except Exception: out.append(None)
json.dump(out, sys.stdout)
`;

/** Each text dumped in unambiguous form, null if PyYAML rejects it; undefined without PyYAML. */
export function asPyYamlReads(texts: readonly string[]): readonly (string | null)[] | undefined {
  const input = JSON.stringify(texts);
  const { status, stdout } = spawnSync('python3', ['-c', program], { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  return status === 0 ? (JSON.parse(stdout) as (string | null)[]) : undefined;
}
