import type { Status } from '../documents';
import { leftOut, readParts, readText, type Loose } from './loose';
import { readTime, readWhole } from './loose-values';

/** Syslog's least severe one: debug. */
const LEAST_SEVERE = 7;

/** What an exchange says of a row's state. */
export const readStatus = (row: Loose): Status[] => readParts(row, 'status').flatMap((part) => toStatus(part) ?? []);

function toStatus(part: Loose): Status | null {
  const severity = readWhole(part, 'severity', 0, LEAST_SEVERE);
  if (severity === null) return leftOut(part, { severity });
  return {
    severity,
    tag: readText(part, 'tag') ?? '',
    message: readText(part, 'message') ?? '',
    timestamp: readTime(part, 'timestamp'),
  };
}
