/** A place in the world that facilities, exchanges and organizations can be in. */
export interface City {
  readonly city: string;
  readonly country: string;
  readonly state: string;
  readonly region_continent: string;
  readonly latitude: number;
  readonly longitude: number;
}

const city = (
  name: string,
  country: string,
  state: string,
  region_continent: string,
  latitude: number,
  longitude: number,
): City => ({ city: name, country, state, region_continent, latitude, longitude });

export const CITIES: readonly City[] = [
  city('Amsterdam', 'NL', 'NH', 'Europe', 52.303125, 4.937931),
  city('Frankfurt am Main', 'DE', 'HE', 'Europe', 50.118611, 8.735278),
  city('London', 'GB', '', 'Europe', 51.51162, -0.002108),
  city('Zürich', 'CH', 'ZH', 'Europe', 47.387474, 8.519845),
  city('Köln', 'DE', 'NW', 'Europe', 50.937531, 6.960279),
  city('Kraków', 'PL', 'Małopolskie', 'Europe', 50.06465, 19.94498),
  city('Århus', 'DK', '', 'Europe', 56.162939, 10.203921),
  city('Москва', 'RU', 'Москва', 'Europe', 55.755825, 37.617298),
  city('İstanbul', 'TR', '', 'Middle East', 41.008238, 28.978359),
  city('São Paulo', 'BR', 'SP', 'South America', -23.55052, -46.633308),
  city('Bogotá', 'CO', 'DC', 'South America', 4.710989, -74.072092),
  city('Montréal', 'CA', 'QC', 'North America', 45.501689, -73.567256),
  city('Ashburn', 'US', 'VA', 'North America', 39.016363, -77.459023),
  city('Chicago', 'US', 'IL', 'North America', 41.853577, -87.618306),
  city('Los Angeles', 'US', 'CA', 'North America', 34.047955, -118.25574),
  city('Dallas', 'US', 'TX', 'North America', 32.801192, -96.81961),
  city('Querétaro', 'MX', 'QRO', 'North America', 20.588793, -100.389888),
  city('Johannesburg', 'ZA', 'Gauteng', 'Africa', -26.204103, 28.047305),
  city('Lagos', 'NG', '', 'Africa', 6.524379, 3.379206),
  city('Nairobi', 'KE', '', 'Africa', -1.292066, 36.821946),
  city('東京', 'JP', '東京都', 'Asia Pacific', 35.689487, 139.691706),
  city('Singapore', 'SG', '', 'Asia Pacific', 1.295482, 103.790181),
  city('Mumbai', 'IN', 'Maharashtra', 'Asia Pacific', 19.075984, 72.877656),
  city('Jakarta', 'ID', 'DKI Jakarta', 'Asia Pacific', -6.175394, 106.827183),
  city('Sydney', 'AU', 'NSW', 'Australia', -33.920556, 151.187222),
  city('Dubai', 'AE', '', 'Middle East', 25.204849, 55.270783),
];

export const NAME_STARTS = (
  'Nord Süd Trans Inter Metro Giga Tele Fiber Net Open Blue Åland Citadel Delta Polar Río Cloud Edge Packet Silver ' +
  'Harbor Quick Terra Nova Łódź Zeta Océan Atlas Vega Orion Pampa Karoo Sakura Héxa Prime'
).split(' ');
export const NAME_ENDS =
  'Link Net Com Wave Telecom Fibra Online Datos Carrier Hosting Broadband Connect Systems Grid Path Works'.split(' ');
export const LEGAL_FORMS = [
  'Ltd',
  'GmbH',
  'B.V.',
  'Inc.',
  'S.A.',
  'LLC',
  'AB',
  'Sp. z o.o.',
  'Ltda',
  '株式会社',
  'ООО',
];

export const PROSE = (
  'peering requests via email please include your ASN and the locations where you want to peer we prefer bilateral ' +
  'sessions over route servers for traffic above one gigabit our network announces customer routes only maintenance ' +
  'windows are announced at least five days ahead prefix filters are built from IRR and RPKI every night contact the ' +
  'NOC for urgent matters an MD5 password is optional BFD on request graceful shutdown community is supported ports ' +
  'are upgraded when utilisation exceeds sixty percent für ähnliche Anfragen größere façade réseau coração años niño ' +
  'Zugang été hébergement información łącze świadczenie 回線 接続 трафик сеть'
).split(' ');

export const NET_TYPES = [
  'NSP',
  'Content',
  'Cable/DSL/ISP',
  'Enterprise',
  'Educational/Research',
  'Non-Profit',
  'Network Services',
  'Route Collector',
  'Government',
];
export const TRAFFIC = [
  '',
  '0-20Mbps',
  '20-100Mbps',
  '100-1000Mbps',
  '1-5Gbps',
  '5-10Gbps',
  '10-20Gbps',
  '20-50Gbps',
  '50-100Gbps',
  '100-200Gbps',
  '1-5Tbps',
  '100+Tbps',
];
export const RATIOS = ['', 'Not Disclosed', 'Heavy Outbound', 'Mostly Outbound', 'Balanced', 'Mostly Inbound'];
export const SCOPES = ['', 'Regional', 'North America', 'Asia Pacific', 'Europe', 'South America', 'Africa', 'Global'];
export const POLICIES = ['Open', 'Open', 'Open', 'Selective', 'Restrictive', 'No'];
export const POLICY_LOCATIONS = ['Not Required', 'Preferred', 'Required - US', 'Required - EU'];
export const POLICY_CONTRACTS = ['Not Required', 'Private Only', 'Required'];
export const ROLES = ['Abuse', 'Maintenance', 'Policy', 'Technical', 'NOC', 'Public Relations', 'Sales'];
export const SPEEDS = [100, 1000, 1000, 10_000, 10_000, 10_000, 20_000, 40_000, 100_000, 100_000, 200_000, 400_000];
export const SERVICE_LEVELS = ['Not Disclosed', 'Best Effort (no SLA)', 'Normal Business Hours', '24/7 Support'];
export const TERMS = ['Not Disclosed', 'No Commercial Terms', 'Non-recurring Fees Only', 'Recurring Fees'];
export const SOCIAL = ['facebook', 'x', 'linkedin', 'bluesky', 'youtube', 'mastodon'];
