import { createAlarm } from './alertmanager';

/** What goes wrong in the story. */

/** A session that is down: it pages, and an incident is made of it. */
export const SESSION = createAlarm(
  { alertname: 'BGPDown', device: 'core1.paris', peer: '192.0.2.1', severity: 'high' },
  'BGP session to 192.0.2.1 (AS64500) on core1.paris is down',
);
export const INCIDENT_TITLE = 'AS64500 is not reachable from Paris';

/** Comes and goes while PagerDuty is away. */
export const TRANSIT = createAlarm(
  { alertname: 'TransitDown', device: 'edge1.par', severity: 'critical' },
  'edge1.par has no transit left',
);

/** Its service has a routing key of its own. */
export const OPTICAL_SERVICE = 'Optical transport';
export const WAVE = createAlarm(
  { alertname: 'LowLight', device: 'edge2.par', service: OPTICAL_SERVICE, severity: 'medium' },
  'edge2.par et-0/0/1: receive power is -19 dBm',
);

/** Its service pages only what lasts. */
export const FLAPPING_SERVICE = 'Route servers';
export const FLAP = createAlarm(
  { alertname: 'Flap', device: 'core1.paris', iface: 'ae0', service: FLAPPING_SERVICE, severity: 'warning' },
  'Flap on core1.paris ae0',
);
