// The outline and the breadcrumbs, which the protocol has no request to refresh: an editor asks a provider that is
// registered anew, and drops what it had from the one before.
import { type Disposable, DocumentSymbolRequest } from 'vscode-languageserver';
import type { Session } from './session.ts';

export const outlineOptions = { label: 'Flopline' };

/** Whether the editor lets the outline be registered, and so refreshed, later. */
export function canRegister({ client }: Session): boolean {
  return client.textDocument?.documentSymbol?.dynamicRegistration === true;
}

/** Registers the outline; the answer refreshes it. */
export function registerOutline(session: Session): () => void {
  const { connection } = session;
  let last: Promise<Disposable | undefined> = Promise.resolve(undefined);
  const register = (): void => {
    // The editor's own selector of documents.
    const options = { ...outlineOptions, documentSelector: null };
    last = last
      .then(registered => {
        registered?.dispose();
        return connection.client.register(DocumentSymbolRequest.type, options);
      })
      .catch(error => {
        session.complain('registering the outline', error);
        return undefined;
      });
  };
  register();
  return register;
}
