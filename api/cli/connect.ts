import { createApiClient, type ApiClient } from './http';
import { requireTarget, requireToken } from './target';

/** A client for the product that these variables lead to: see `target.ts`. */
export function connect(env: NodeJS.ProcessEnv): ApiClient {
  const target = requireTarget(env);
  return createApiClient(target.url, requireToken(target));
}
