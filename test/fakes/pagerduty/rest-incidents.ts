import { json, restError, type Answer } from './answers';
import { alertsOf, type Book } from './book';
import type { Alert, Incident, IncidentStatus } from './model';
import type { Moves } from './moves';
import { page } from './rest-page';
import { showAlert, showInRest, showUser } from './show';
import { isFields } from './validate';

const STATUSES = ['triggered', 'acknowledged', 'resolved'];

export interface RestIncidents {
  readonly list: (params: URLSearchParams) => Answer;
  readonly get: (id: string) => Answer;
  readonly alerts: (id: string, params: URLSearchParams) => Answer;
  readonly update: (id: string, body: unknown, from: string | undefined) => Answer;
}

/** The incidents of the REST API, in the order of their numbers (unverified without `sort_by`, which is ignored). */
export function createRestIncidents(book: Book, moves: Moves): RestIncidents {
  const serviceOf = ({ service_id }: Incident): Book['services'][number] =>
    book.services.find(({ id }) => id === service_id)!;
  const show = (incident: Incident): object => showInRest(incident, serviceOf(incident), alertsOf(book, incident));
  const notFound = restError(404, 2100, 'Not Found');
  return {
    list: (params) => {
      const statuses = params.getAll('statuses[]');
      if (!statuses.every((status) => STATUSES.includes(status))) return badStatuses();
      const rows = [...book.incidents.values()].filter((incident) => isAskedFor(book, incident, params));
      return page('incidents', rows, params, show);
    },
    get: (id) => {
      const incident = book.incidents.get(id);
      return incident === undefined ? notFound : json(200, { incident: show(incident) });
    },
    alerts: (id, params) => {
      const incident = book.incidents.get(id);
      if (incident === undefined) return notFound;
      const rows = alertsOf(book, incident).filter((alert) => isAlertAskedFor(alert, params));
      return page('alerts', rows, params, (alert) => showAlert(alert, incident, serviceOf(incident)));
    },
    update: (id, body, from) => {
      // The text is unverified; that the header is required is in the schema.
      if (from === undefined) return restError(400, 2001, 'Invalid Input Provided', ['The From header is required.']);
      const incident = book.incidents.get(id);
      if (incident === undefined) return notFound;
      const status = isFields(body) && isFields(body['incident']) ? body['incident']['status'] : undefined;
      if (typeof status !== 'string' || !STATUSES.includes(status)) return badStatuses();
      setStatus(moves, incident, status as IncidentStatus, from);
      return json(200, { incident: show(incident) });
    },
  };
}

/** The text was seen in hubot-archive/hubot-pager-me#57. */
const badStatuses = (): Answer =>
  restError(400, 2001, 'Invalid Input Provided', ['Status must be a list of triggered, acknowledged, or resolved.']);

/** A status that an incident has already changes nothing; any other on a resolved one reopens it (PagerDuty's schema). */
function setStatus(moves: Moves, incident: Incident, status: IncidentStatus, from: string): void {
  const agent = showUser(from);
  if (status === 'resolved') return void moves.resolve(incident, agent);
  moves.reopen(incident, agent);
  if (status === 'acknowledged') moves.acknowledge(incident, agent);
  else moves.unacknowledge(incident, agent);
}

/** A key is looked for among those of incidents and of alerts (PagerDuty's schema, parameter incident_key). */
function isAskedFor(book: Book, incident: Incident, params: URLSearchParams): boolean {
  const key = params.get('incident_key');
  const everything = params.get('date_range') === 'all';
  const [since, until] = ['since', 'until'].map((name) => (everything ? NaN : Date.parse(params.get(name) ?? '')));
  const created = Date.parse(incident.created_at);
  return (
    isOneOf(params.getAll('statuses[]'), incident.status) &&
    isOneOf(params.getAll('service_ids[]'), incident.service_id) &&
    !(created < since!) &&
    !(created > until!) &&
    (key === null ||
      incident.incident_key === key ||
      alertsOf(book, incident).some(({ alert_key }) => alert_key === key))
  );
}

function isAlertAskedFor(alert: Alert, params: URLSearchParams): boolean {
  return (
    isOneOf(params.getAll('statuses[]'), alert.status) && [null, alert.alert_key].includes(params.get('alert_key'))
  );
}

const isOneOf = (wanted: readonly string[], value: string): boolean => wanted.length === 0 || wanted.includes(value);
