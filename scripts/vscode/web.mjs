// Runs VS Code for the browser: a page and static files, without a server or Node. Extensions run in a worker.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { installWebEditor } from './install.mjs';

const types = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/**
 * Serves the editor on a free local port. `extensions` are folders by the name they are served under, `tests` is the
 * URL of a module in one of them that the extension host runs, `folder` is the open folder. Data sent to `/report` is
 * passed to `received`.
 * @param {{ extensions: Readonly<Record<string, string>>, tests?: string, folder: string, settings?: object, received?: (text: string) => void }} options
 */
export async function startWebEditor({ extensions, tests, folder, settings = {}, received = () => {} }) {
  const folders = { static: installWebEditor(), ...extensions };
  let page = '';
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/') return response.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
    if (pathname === '/report') {
      const parts = [];
      request.on('data', part => parts.push(part));
      request.on('end', () => {
        received(Buffer.concat(parts).toString('utf8'));
        response.writeHead(204).end();
      });
      return;
    }
    const [, name = '', ...rest] = decodeURIComponent(pathname).split('/');
    const base = folders[name];
    const file = base === undefined ? '' : normalize(join(base, ...rest));
    if (base === undefined || !file.startsWith(base) || !existsSync(file) || !statSync(file).isFile())
      return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const authority = `127.0.0.1:${server.address().port}`;
  const served = path => ({ scheme: 'http', authority, path });
  page = pageOf(folder, {
    productConfiguration: { telemetryOptIn: false, extensionsGallery: { serviceUrl: '' } },
    developmentOptions: {
      extensions: Object.keys(extensions).map(name => served(`/${name}`)),
      ...(tests && { extensionTestsPath: served(tests) }),
    },
    configurationDefaults: settings,
  });
  const stop = () => {
    server.closeAllConnections();
    return new Promise(resolve => server.close(() => resolve(undefined)));
  };
  return { address: `http://${authority}/`, stop };
}

/** The HTML page of the editor, with the open folder and the extensions. */
function pageOf(folder, configuration) {
  const data = value => JSON.stringify(value).replaceAll('<', '\\u003c');
  return `<!DOCTYPE html>
<html>
  <head>
    <meta charset="utf-8">
    <link rel="stylesheet" href="/static/out/vs/workbench/workbench.web.main.css">
  </head>
  <body aria-label=""></body>
  <script src="/static/out/vs/loader.js"></script>
  <script src="/static/out/vs/webPackagePaths.js"></script>
  <script>
    const origin = location.origin;
    const paths = Object.entries(self.webPackagePaths ?? {}).map(([name, file]) => [
      name,
      origin + '/static/node_modules/' + name + '/' + file,
    ]);
    require.config({ baseUrl: origin + '/static/out', recordStats: true, paths: Object.fromEntries(paths) });
  </script>
  <script src="/static/out/vs/workbench/workbench.web.main.nls.js"></script>
  <script src="/static/out/vs/workbench/workbench.web.main.js"></script>
  <script>
    require(['vs/workbench/workbench.web.main'], workbench => {
      const configuration = ${data(configuration)};
      const { developmentOptions } = configuration;
      const revive = uri => workbench.URI.revive(uri);
      workbench.create(document.body, {
        ...configuration,
        developmentOptions: {
          ...developmentOptions,
          extensions: developmentOptions.extensions.map(revive),
          extensionTestsPath: developmentOptions.extensionTestsPath && revive(developmentOptions.extensionTestsPath),
        },
        workspaceProvider: {
          workspace: { folderUri: workbench.URI.parse(${data(folder)}) },
          trusted: true,
          payload: [['skipWelcome', 'true']],
          open: async () => false,
        },
      });
    });
  </script>
</html>`;
}
