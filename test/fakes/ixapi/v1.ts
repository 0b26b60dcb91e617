import { html, json, type Answer } from './answers';
import { OUR_ACCOUNT } from './keys';

const CUSTOMERS = [{ id: OUR_ACCOUNT, name: 'Our Network', parent: null, external_ref: null }];

/**
 * Just enough of version 1 to be told by: other names of lists, and neither `/health` nor `/implementation`. How it
 * answers paths that it does not have is unverified.
 */
export function answerV1(path: string): Answer {
  if (path === '/customers') return json(200, CUSTOMERS);
  if (['/network-services', '/network-service-configs', '/demarcs', '/ips', '/macs'].includes(path))
    return json(200, []);
  return html(404, 'Not Found');
}
