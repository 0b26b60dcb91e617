/** The account whose services are ours, unless a test says otherwise. */
export const OUR_ACCOUNT = 'ACC-100';

/** A member like us: discoverable, and with configurations of its own that we do not see. */
export const OTHER_ACCOUNT = 'ACC-300';

/** An API key, and whose it is. */
export interface ApiKey {
  readonly api_key: string;
  readonly api_secret: string;
  readonly account: string;
  /** Whether writing is answered 403; not by default. */
  readonly read_only?: boolean;
}

/** The key of OUR_ACCOUNT. */
export const FAKE_IXAPI_KEY = { api_key: 'fakeIxapiKey', api_secret: 'fakeIxapiSecret', account: OUR_ACCOUNT } as const;

/** The key of OTHER_ACCOUNT. */
export const OTHER_IXAPI_KEY = { api_key: 'otherIxapiKey', api_secret: 'otherSecret', account: OTHER_ACCOUNT } as const;
