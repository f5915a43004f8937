// The connection over standard input and output, which editors other than VS Code use.
import {
  AbstractMessageWriter,
  type Connection,
  createConnection,
  type Message,
  type MessageWriter,
  StreamMessageReader,
} from 'vscode-languageserver/node';

/** A connection over stdio; the process ends when the client goes away. */
export function connectStdio(): Connection {
  // Console output on stdout would corrupt the protocol.
  Object.assign(console, new console.Console(process.stderr));
  const connection = createConnection(new StreamMessageReader(process.stdin), new WholeMessageWriter(process.stdout));
  let mayEnd = false;
  connection.onShutdown(() => {
    mayEnd = true;
  });
  const end = (): never => process.exit(mayEnd ? 0 : 1);
  process.stdin.on('end', end).on('close', end);
  return connection;
}

/**
 * Writes a message in one piece. The library's writer uses two, header and content, and each wakes the client, which is
 * noticeable at every keystroke.
 */
class WholeMessageWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #stream: NodeJS.WritableStream;

  constructor(stream: NodeJS.WritableStream) {
    super();
    this.#stream = stream;
    stream.on('error', error => this.fireError(error));
    stream.on('close', () => this.fireClose());
  }

  write(message: Message): Promise<void> {
    const content = JSON.stringify(message);
    return new Promise((resolve, reject) => {
      const whole = `Content-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`;
      this.#stream.write(whole, 'utf8', error => (error ? reject(error) : resolve()));
    });
  }

  end(): void {
    this.#stream.end();
  }
}
