// Times as journal files have them (ISO 8601, microseconds), from and to epoch milliseconds. Calendar
// arithmetic: H. Hinnant, "chrono-compatible low-level date algorithms" (proleptic Gregorian). The time
// zone comes in, as minutes east of UTC: the core knows none.

const DAY_MS = 86400000;
const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6})\d*)?(?:(Z)|([+-])(\d\d):?(\d\d))?$/;

/** `2026-11-22T15:31:39.144910`, without a zone; `utcOffsetMinutes` east of UTC. */
export function formatTimestamp(epochMs: number, utcOffsetMinutes: number): string {
  const localUs = Math.round((epochMs + utcOffsetMinutes * 60000) * 1000);
  const days = Math.floor(localUs / (DAY_MS * 1000));
  const us = localUs - days * DAY_MS * 1000;
  const { year, month, day } = dateOf(days);
  const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');
  const hours = Math.floor(us / 3600e6);
  const minutes = Math.floor(us / 60e6) % 60;
  const seconds = Math.floor(us / 1e6) % 60;
  return (
    `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T` +
    `${pad(hours, 2)}:${pad(minutes, 2)}:${pad(seconds, 2)}.${pad(us % 1e6, 6)}`
  );
}

/** Epoch ms (with a fraction) of a timestamp; one without a zone is local. Null if it is none. */
export function parseTimestamp(text: string, utcOffsetMinutes: number): number | null {
  const match = TIMESTAMP.exec(text);
  if (match === null) return null;
  const [
    ,
    year,
    month,
    day,
    hours,
    minutes,
    seconds,
    fraction = '',
    zulu,
    sign,
    zoneHours,
    zoneMinutes,
  ] = match;
  const offset =
    zulu !== undefined
      ? 0
      : sign === undefined
        ? utcOffsetMinutes
        : (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes));
  const days = daysOf(Number(year), Number(month), Number(day));
  const timeMs = (Number(hours) * 60 + Number(minutes) - offset) * 60000 + Number(seconds) * 1000;
  return days * DAY_MS + timeMs + Number(fraction.padEnd(6, '0')) / 1000;
}

/** Days since 1970-01-01 (Hinnant's days_from_civil). */
function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** Hinnant's civil_from_days. */
function dateOf(daysSinceEpoch: number): { year: number; month: number; day: number } {
  const days = daysSinceEpoch + 719468;
  const era = Math.floor(days / 146097);
  const dayOfEra = days - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36524) -
      Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}
