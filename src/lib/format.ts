/** Numbers, dates and sizes as people of a language write them. Intl does the work. */
export type Format = ReturnType<typeof createFormat>;

export function createFormat(locale: string) {
  const cached = new Map<string, Intl.NumberFormat>();
  const numberFormat = (options: Intl.NumberFormatOptions) => {
    const key = JSON.stringify(options);
    const found = cached.get(key) ?? new Intl.NumberFormat(locale, options);
    cached.set(key, found);
    return found;
  };
  const unit = (value: number, name: string, digits = 0, unitDisplay: 'short' | 'long' = 'short') =>
    numberFormat({ style: 'unit', unit: name, unitDisplay, maximumFractionDigits: digits }).format(
      value,
    );
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const dateFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const dateTimeFormat = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  const collator = new Intl.Collator(locale, { numeric: true });

  return {
    /** Four significant digits unless told; very large and very small in scientific notation. */
    number(value: number, digits = 4): string {
      if (Number.isNaN(value)) return '–';
      const size = Math.abs(value);
      if (size >= 1e9 || (size > 0 && size < 1e-4))
        return numberFormat({ notation: 'scientific', maximumSignificantDigits: digits }).format(
          value,
        );
      // Never rounds away what stands before the point.
      const whole = size >= 1 ? Math.floor(Math.log10(size)) + 1 : 1;
      return numberFormat({ maximumSignificantDigits: Math.max(digits, whole) }).format(value);
    },
    integer: (value: number) => numberFormat({ maximumFractionDigits: 0 }).format(value),
    /** A fixed number of decimals, for columns of figures. */
    fixed: (value: number, decimals: number) =>
      numberFormat({ minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(
        value,
      ),
    /** @param share in [0, 1] */
    percent: (share: number, decimals = 1) =>
      numberFormat({
        style: 'percent',
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
      }).format(share),
    bytes(value: number): string {
      const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
      const power = value < 1 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3));
      const scaled = value / 1000 ** power;
      if (power === 0)
        return new Intl.NumberFormat(locale, {
          style: 'unit',
          unit: 'byte',
          unitDisplay: 'long', // the short one knows no plural in English
        }).format(Math.round(value));
      return unit(scaled, units[power] ?? 'byte', power > 0 && scaled < 100 ? 1 : 0);
    },
    /** @param seconds any non-negative number; two units at most, e.g. `2 min 5 sec` */
    duration(seconds: number): string {
      if (!Number.isFinite(seconds)) return '–';
      if (seconds < 0.01) return unit(seconds * 1000, 'millisecond', 1);
      if (seconds < 1) return unit(Math.round(seconds * 1000), 'millisecond');
      if (seconds < 10) return unit(seconds, 'second', 1);
      const whole = Math.round(seconds);
      if (whole < 60) return unit(whole, 'second');
      const minutes = Math.floor(whole / 60);
      if (minutes < 60) return joined(unit(minutes, 'minute'), whole % 60, 'second');
      return joined(unit(Math.floor(minutes / 60), 'hour'), minutes % 60, 'minute');
    },
    date: (ms: number) => dateFormat.format(ms),
    dateTime: (ms: number) => dateTimeFormat.format(ms),
    /** `3 minutes ago`; a date once it is a month back. */
    ago(ms: number, now = Date.now()): string {
      const seconds = (ms - now) / 1000;
      const steps = [
        [60, 1, 'second'],
        [3600, 60, 'minute'],
        [86_400, 3600, 'hour'],
        [2_592_000, 86_400, 'day'],
      ] as const;
      for (const [below, size, name] of steps)
        if (Math.abs(seconds) < below)
          return name === 'second'
            ? relative.format(0, 'second')
            : relative.format(Math.round(seconds / size), name);
      return dateFormat.format(ms);
    },
    list: (items: readonly string[]) => lists.format(items),
    compare: (a: string, b: string) => collator.compare(a, b),
  };

  function joined(first: string, rest: number, name: string) {
    return rest === 0 ? first : `${first} ${unit(rest, name)}`;
  }
}
