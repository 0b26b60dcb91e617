import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from '@temporalio/client';
import { ConfigError } from './config-error';
import { errorCode } from './error-code';
import type { Config } from './schema';

type PathSetting =
  'TEMPORAL_TLS_CLIENT_CERT_PATH' | 'TEMPORAL_TLS_CLIENT_KEY_PATH' | 'TEMPORAL_TLS_SERVER_CA_CERT_PATH';

/** A PEM given by its file or by itself; nothing when neither is. */
function pem(config: Config, setting: PathSetting, data: string | undefined): Buffer | undefined {
  const path = config[setting];
  if (path === undefined) return data === undefined ? undefined : Buffer.from(data);
  if (data !== undefined)
    throw new ConfigError(`${setting}: ${setting.replace('PATH', 'DATA')} is given too; give one of them`);
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ConfigError(`${setting}: '${path}' cannot be read (${errorCode(error)}): expected a PEM file`);
  }
}

type Tls = Exclude<ConnectionOptions['tls'], boolean | null | undefined>;

function tlsOf(config: Config): Tls | undefined {
  const crt = pem(config, 'TEMPORAL_TLS_CLIENT_CERT_PATH', config.TEMPORAL_TLS_CLIENT_CERT_DATA);
  const key = pem(config, 'TEMPORAL_TLS_CLIENT_KEY_PATH', config.TEMPORAL_TLS_CLIENT_KEY_DATA?.reveal());
  const ca = pem(config, 'TEMPORAL_TLS_SERVER_CA_CERT_PATH', config.TEMPORAL_TLS_SERVER_CA_CERT_DATA);
  if ((crt === undefined) !== (key === undefined)) {
    throw new ConfigError('TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH: expected both or none');
  }
  const name = config.TEMPORAL_TLS_SERVER_NAME;
  // Whatever belongs to TLS, and an API key, turn it on, as with Temporal's own tools; TEMPORAL_TLS=false turns it off.
  const wanted = config.TEMPORAL_TLS ?? Boolean(crt ?? ca ?? name ?? config.TEMPORAL_API_KEY);
  if (!wanted) return undefined;
  return {
    ...(crt && key ? { clientCertPair: { crt, key } } : {}),
    ...(ca ? { serverRootCACertificate: ca } : {}),
    ...(name ? { serverNameOverride: name } : {}),
  };
}

/** What clients and workers alike take to reach a Temporal server. */
export type TemporalConnection = Pick<ConnectionOptions, 'address' | 'tls' | 'apiKey'>;

/** How to reach the Temporal server of the settings; `embedded` is the address of the one that we started, if there is none. */
export function temporalConnection(config: Config, embedded?: string): TemporalConnection {
  if (config.TEMPORAL_ADDRESS === undefined) return embedded === undefined ? {} : { address: embedded };
  if (config.TEMPORAL_TLS_DISABLE_HOST_VERIFICATION) {
    throw new ConfigError(
      "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: true is not usable: the TypeScript SDK always verifies; give TEMPORAL_TLS_SERVER_NAME and the server's CA",
    );
  }
  const tls = tlsOf(config);
  return {
    address: config.TEMPORAL_ADDRESS,
    ...(tls === undefined ? {} : { tls }),
    ...(config.TEMPORAL_API_KEY ? { apiKey: config.TEMPORAL_API_KEY.reveal() } : {}),
  };
}
