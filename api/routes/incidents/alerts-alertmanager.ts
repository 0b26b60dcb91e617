import { z } from 'zod';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { Problem } from '../../problem';
import { ALERTMANAGER, alertmanagerBody, reportOfAlert } from './alerts-alertmanager-body';
import { LARGEST_ALERTS, MOST_ALERTS, reportedSchema, takeAlerts } from './alerts-common';
import { BUSINESS, type IncidentsDeps } from './deps';

const answer = z.object({
  status: z.literal('accepted'),
  events: z.array(reportedSchema),
  truncated: z.int().optional().meta({ description: 'alerts of the group that Alertmanager left out (max_alerts)' }),
});

/** Where Alertmanager's webhooks arrive, with our token (`http_config.authorization`: type Token). */
export const createAlertmanagerRoutes = (deps: IncidentsDeps): Endpoint[] => [
  endpoint({
    method: 'post',
    path: `${BUSINESS}alerts/alertmanager/`,
    summary: "Take a webhook of Alertmanager's: every alert of the group is an event, known by its fingerprint",
    tags: ['incidents'],
    scope: 'write',
    creates: true,
    largestBody: LARGEST_ALERTS,
    request: { body: alertmanagerBody },
    responses: {
      202: { description: 'What became of the alerts, in their order', schema: answer },
      413: { description: 'More than 1000 alerts: expected max_alerts in the receiver' },
    },
    handler: async ({ body: { alerts, truncatedAlerts } }, context) => {
      if (alerts.length > MOST_ALERTS)
        throw new Problem('body-too-large', `${alerts.length} alerts: expected at most ${MOST_ALERTS} (max_alerts)`);
      const truncated = truncatedAlerts ?? 0;
      if (truncated > 0) context.log.warn({ truncated }, 'Alertmanager left alerts of a group out');
      const reports = alerts.map((alert) => reportOfAlert(alert, context.now));
      const events = await takeAlerts(deps, reports, ALERTMANAGER, context);
      return { status: 202, body: { status: 'accepted', events, ...(truncated > 0 ? { truncated } : {}) } };
    },
  }),
];
