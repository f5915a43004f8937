// The outline and breadcrumbs. The protocol has no request to refresh them, but a client requests them again from a
// provider that is newly registered, and drops what the old one said.
import { type Disposable, DocumentSymbolRequest } from 'vscode-languageserver';
import type { Session } from './session.ts';

export const outlineOptions = { label: 'Flopline' };

/** Whether the client supports registering the outline dynamically, and thus refreshing it. */
export function canRegister({ client }: Session): boolean {
  return client.textDocument?.documentSymbol?.dynamicRegistration === true;
}

/** Registers the outline; calling the result refreshes it. */
export function registerOutline(session: Session): () => void {
  const { connection } = session;
  let last: Promise<Disposable | undefined> = Promise.resolve(undefined);
  const register = (): void => {
    // The client's own document selector.
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
