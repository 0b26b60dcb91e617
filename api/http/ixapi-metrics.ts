import { plain, type Metric } from './metric';

/** What is measured of IX-API. */
export const IXAPI_METRICS: readonly Metric[] = [
  {
    name: 'crossconnect_ixapi_age_seconds',
    help: 'Seconds since an IX-API object that an exchange links to was last read to the end; absent while it never was.',
    labelNames: ['ix_api'],
    values: ({ ixapi }) =>
      ixapi.objects.flatMap(({ ix_api, seconds }) =>
        seconds === null ? [] : [{ labels: { ix_api: String(ix_api) }, value: seconds }],
      ),
  },
  {
    name: 'crossconnect_ixapi_drift',
    help: 'Differences between exchanges, PeeringDB, NetBox and our connections, by severity.',
    labelNames: ['severity'],
    values: ({ ixapi }) => ixapi.drift.map(({ of, count }) => ({ labels: { severity: of }, value: count })),
  },
  {
    name: 'crossconnect_ixapi_following',
    help: 'Configs that are to be imported as soon as they have addresses.',
    labelNames: [],
    values: ({ ixapi }) => plain(ixapi.following),
  },
];
