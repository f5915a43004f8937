// Yields to the event loop, in Node and in a browser.

/** Resolves after pending messages have been handled. */
export const turn: () => Promise<void> = inNode() ?? inBrowser();

function inNode(): (() => Promise<void>) | undefined {
  const { setImmediate } = globalThis as { readonly setImmediate?: (run: () => void) => void };
  return setImmediate && (() => new Promise(resolve => setImmediate(resolve)));
}

/** Posts a message to itself, which queues behind pending ones: a timer in a browser takes four milliseconds. */
function inBrowser(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise(resolve => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise(resolve => {
    setTimeout(resolve, milliseconds);
  });
