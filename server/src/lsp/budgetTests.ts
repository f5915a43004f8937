// Budgets of the project file as tests in the editor: lists them, and runs one against its network, open or not.
import {
  budgetProblem,
  budgetsOf,
  type Document,
  judge,
  judgedBy,
  judgePreparation,
  Lines,
  limitsText,
  open,
  parentOf,
  pathOfUri,
  textOf,
  textOfFile,
  uriOfPath,
  type Verdict,
  verdictMessage,
  verdictText,
} from '../core/index.ts';
import type { BudgetResult, BudgetTest } from '../protocol/index.ts';
import { toProto } from './convert.ts';
import type { Session, Token } from './session.ts';
import { turn } from './turn.ts';

/** Registers the requests of the client's Test Explorer. */
export function answerBudgets(session: Session): void {
  const { workspace } = session;

  session.on('flopline/budgets', async ({ textDocument: { uri } }) => {
    try {
      const found = await workspace.budgeted(uri);
      if (!found) return null;
      const { project, files } = found;
      const lines = new Lines(project.text);
      const folder = parentOf(project.path);
      const networks: (typeof files)[number][] = [];
      for (const file of files) {
        // A glob may match files without a network; a file that is named explicitly should have one.
        if (file.isNamed || (await workspace.isNetwork(uriOfPath(file.path), file.path))) networks.push(file);
        await turn();
      }
      return networks.flatMap(({ path, uses }) =>
        uses.map(
          (use): BudgetTest => ({
            uri: uriOfPath(path),
            path: path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path,
            project: uri,
            index: use.index,
            entry: use.entry ?? null,
            limits: limitsText(use.budget),
            range: toProto.range(lines, use.named.range),
          }),
        ),
      );
    } catch (error) {
      session.complain('budgets', error);
      return null;
    }
  });

  session.on('flopline/judge', async ({ textDocument: { uri }, project, index, entry }, token) => {
    try {
      await session.ready(uri);
      for (;;) {
        const result = await judgeFile(session, { uri, project, index, entry }, token);
        // Run again if files had to be loaded from the client.
        const loading = workspace.files.load();
        if (!loading || token.isCancellationRequested) return result;
        await loading;
      }
    } catch (error) {
      session.complain('budget of a network', error);
      return null;
    }
  });
}

/** Runs a budget against a file, open or not; null if the budget no longer exists or the file has no network. */
async function judgeFile(
  session: Session,
  test: Pick<BudgetTest, 'uri' | 'project' | 'index' | 'entry'>,
  token: Token,
): Promise<BudgetResult | null> {
  const { workspace } = session;
  const path = pathOfUri(test.uri);
  const settings = workspace.settings.of(test.uri);
  const source = path === undefined ? undefined : await workspace.sourceAt(test.uri, path);
  const { project } = source ?? {};
  if (!source || path === undefined || !project || pathOfUri(test.project) !== project.path) return null;
  const use = budgetsOf(project, path).find(each => each.index === test.index && (each.entry ?? null) === test.entry);
  const document = open(source, settings);
  if (!use || !document || document.format.hasNoNetwork) return null;
  const text = judgedBy(use, document, settings);
  for (const _ of judgePreparation(text) ?? []) {
    await turn();
    if (token.isCancellationRequested) return null;
  }
  return resultOf(judge(use, text), document);
}

function resultOf(verdict: Verdict, document: Document): BudgetResult {
  const problem = budgetProblem(verdict);
  const { lines } = document;
  const range = toProto.range(
    lines,
    problem?.range ?? lines.firstOf(verdict.analysed?.spec.head ?? { from: 0, to: 0 }),
  );
  return {
    status: verdict.status,
    figure: verdictText(verdict),
    message: problem ? textOf(problem) : verdictMessage(verdict),
    range,
    related: (problem?.related ?? []).flatMap(({ range: place, message, file }) => {
      const other = file === undefined ? document.source.text : textOfFile(document, verdict.analysed?.spec, file);
      if (other === undefined) return [];
      const uri = file === undefined ? null : uriOfPath(file);
      return [{ uri, range: toProto.range(file === undefined ? lines : new Lines(other), place), message }];
    }),
  };
}
