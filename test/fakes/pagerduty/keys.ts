/** The REST key that the fake accepts unless told otherwise. */
export const FAKE_PAGERDUTY_TOKEN = 'fakePagerdutyRestKey';

/** The routing key of the one service that the fake has unless told otherwise. */
export const FAKE_ROUTING_KEY = routingKeyOf(1);

/** As many well-formed routing keys as a test needs; 32 letters and digits. */
export function routingKeyOf(n: number): string {
  return `fakeroutingkey${String(n).padStart(18, '0')}`;
}
