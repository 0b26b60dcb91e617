import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import express, { type RequestHandler, type Router } from 'express';

const PACKAGE = dirname(require.resolve('swagger-ui-dist/package.json'));
const HERE = '/api/schema/swagger-ui';

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Crossconnect API</title>
    <link rel="stylesheet" href="${HERE}/swagger-ui.css">
    <link rel="icon" type="image/png" href="${HERE}/favicon-32x32.png">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="${HERE}/swagger-ui-bundle.js"></script>
    <script src="${HERE}/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({
  url: '/api/schema/',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis],
  docExpansion: 'none',
});
`;

/** Files of the package that the page needs; no others are served. */
const FILES = {
  'swagger-ui.css': 'css',
  'swagger-ui-bundle.js': 'js',
  'favicon-32x32.png': 'png',
} as const;

const serveText =
  (type: string, text: string): RequestHandler =>
  (_request, response) => {
    response.type(type).send(text);
  };

/** Swagger UI from this machine: no other host is asked, and no script stands in the page itself. */
export function createSwaggerUi(): Router {
  const router = express.Router({ strict: false });
  router.get(`${HERE}/`, serveText('html', PAGE));
  router.get(`${HERE}/start.js`, serveText('js', START));
  for (const [file, type] of Object.entries(FILES)) {
    const content = readFileSync(join(PACKAGE, file));
    router.get(`${HERE}/${file}`, (_request, response) => {
      response.type(type).set('Cache-Control', 'max-age=86400').send(content);
    });
  }
  return router;
}
