/** Single cells of text as values of a type. Strict: what isn't plainly a number is none. */
import { utcFormat, utcParse } from 'd3-time-format';

/** What people write for "no value". Compared as is, blanks around it aside. */
const missingTexts = new Set([
  ...['', 'NA', 'N/A', 'n/a', 'na', '#N/A', 'NaN', 'nan', 'NULL', 'null', 'None', '-', '?'],
]);

export function isMissingText(text: string): boolean {
  // Most cells are neither short nor padded with blanks: they needn't be looked up.
  if (text.length > longestMissing && !isPadding(text, 0) && !isPadding(text, text.length - 1))
    return false;
  return missingTexts.has(text.trim());
}

const longestMissing = 4;

/** Blanks, and anything beyond ASCII that might be one. */
function isPadding(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code <= 32 || code > 126;
}

const infinities = new Map([
  ...['inf', '+inf', 'infinity', '+infinity', '∞'].map((text) => [text, Infinity] as const),
  ...['-inf', '-infinity', '-∞'].map((text) => [text, -Infinity] as const),
]);

/**
 * Decimal numbers, with an exponent or a thousands separator (1,234.5; with a decimal comma 1.234,5), and
 * infinities. Hexadecimal, octal and binary notation are text here.
 */
export function parseNumber(text: string, decimalComma = false): number | undefined {
  if (!decimalComma) {
    const short = shortDecimal(text);
    if (!Number.isNaN(short)) return short;
    const value = Number(text);
    if (!Number.isNaN(value) && text !== '') return isPlain(text) ? value : undefined;
  }
  const trimmed = text.trim();
  const infinity = infinities.get(trimmed.toLowerCase());
  if (infinity !== undefined) return infinity;
  const pattern = decimalComma ? commaNumber : pointNumber;
  if (!pattern.test(trimmed)) return undefined;
  const digits = trimmed.replace(decimalComma ? /[. '\u00a0\u202f]/g : /[, '\u00a0\u202f]/g, '');
  return Number(decimalComma ? digits.replace(',', '.') : digits);
}

/**
 * Plain decimals of at most 15 digits, several times faster than Number(); NaN for anything else. Exact: an
 * integer below 2⁵³ over a power of ten below 10²² is rounded just once (Clinger 1990).
 */
function shortDecimal(text: string): number {
  const { length } = text;
  if (length > 17) return NaN;
  const isNegative = text.charCodeAt(0) === 45;
  let mantissa = 0;
  let digits = 0;
  let whole = -1; // digits before the point
  for (let i = isNegative ? 1 : 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digits++;
    } else if (digit === -2 && whole < 0) whole = digits;
    else return NaN;
  }
  if (digits === 0 || digits > 15) return NaN;
  const value = whole < 0 ? mantissa : mantissa / (powersOfTen[digits - whole] ?? NaN);
  return isNegative ? -value : value;
}

const powersOfTen = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

const pointNumber = /^[+-]?[1-9]\d{0,2}([, '\u00a0\u202f]\d{3})+(\.\d*)?$/;
const commaNumber = /^[+-]?([1-9]\d{0,2}([. '\u00a0\u202f]\d{3})+|\d+)?(,\d*)?(e[+-]?\d+)?$/i;

/** What Number() reads, less blanks alone, 0x…, 0b…, 0o… and "Infinity" (read with the other infinities). */
function isPlain(text: string): boolean {
  const second = text.charCodeAt(1) | 32; // lower case
  if (second === 120 || second === 98 || second === 111) return !/^\s*[+-]?0[xbo]/i.test(text);
  const first = text.charCodeAt(0);
  return first > 32 || text.trim() !== '';
}

const booleans = new Map<string, boolean>([
  ...['true', 't', 'yes', 'y', '是', '真'].map((text) => [text, true] as const),
  ...['false', 'f', 'no', 'n', '否', '假'].map((text) => [text, false] as const),
]);

export function isBooleanText(text: string): boolean {
  return booleans.has(text.trim().toLowerCase());
}

/** Candidates in the order in which they are tried; day first before month first, as most of the world writes. */
export const dateFormats = [
  'iso',
  ...['%Y/%m/%d', '%Y.%m.%d', '%d.%m.%Y', '%d/%m/%Y', '%m/%d/%Y', '%d-%m-%Y', '%m-%d-%Y'],
  ...['%d %b %Y', '%d %B %Y', '%b %d, %Y', '%B %d, %Y', '%d-%b-%Y', '%d-%b-%y', '%Y年%m月%d日'],
  ...['%Y/%m/%d %H:%M', '%Y/%m/%d %H:%M:%S', '%d.%m.%Y %H:%M', '%d/%m/%Y %H:%M'],
  ...['%m/%d/%Y %H:%M', '%d/%m/%Y %H:%M:%S', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %I:%M %p', '%d/%m/%y'],
  ...['%m/%d/%y', '%b %Y', '%Y-%m'],
];

const codecs = new Map<
  string,
  { parse: (text: string) => Date | null; write: (date: Date) => string }
>();
const isoDate = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds since 1970; times without a zone are UTC. @param format 'iso' or a d3-time-format specifier */
export function parseDate(text: string, format: string): number | undefined {
  const trimmed = text.trim();
  if (format === 'iso') {
    if (!isoDate.test(trimmed)) return undefined;
    const hasTime = trimmed.length > 10;
    const hasZone = hasTime && /(Z|[+-]\d{2}:?\d{2})$/.test(trimmed.slice(11));
    // V8 reads 30 February as 1 March: the day must be in the calendar.
    const day = trimmed.slice(0, 10);
    if (Number(day.slice(8)) > 28 && !isCalendarDay(day)) return undefined;
    const value = Date.parse(`${trimmed.replace(' ', 'T')}${hasTime && !hasZone ? 'Z' : ''}`);
    return Number.isNaN(value) ? undefined : value;
  }
  let codec = codecs.get(format);
  if (!codec) codecs.set(format, (codec = { parse: utcParse(format), write: utcFormat(format) }));
  const date = codec.parse(trimmed);
  // d3 reads 31 February as 3 March: the date must be written as it was read.
  return date && bare(codec.write(date)) === bare(trimmed) ? date.getTime() : undefined;
}

function isCalendarDay(day: string): boolean {
  const date = new Date(`${day}T00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

function bare(text: string): string {
  return text.toLowerCase().replace(/(?<!\d)0+(?=\d)/g, '');
}
