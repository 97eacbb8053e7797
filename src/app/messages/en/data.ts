export const data = {
  title: 'Data',
  empty: {
    title: 'Bring a table',
    text: 'CSV, TSV, JSON, JSON Lines or Parquet, gzipped or not. It stays on this device.',
    choose: 'Choose files',
    drop: 'or drop them anywhere on this page',
  },
  lead: (rows: string, columns: string) => `${rows} rows, ${columns} columns`,
  version: (digest: string) => `Version ${digest}`,
  replace: 'Bring other data',
  export: 'Export CSV',
  undo: 'Undo',
  redo: 'Redo',
  toTraining: 'Continue to training',
  needTarget: 'Choose what is to be predicted first.',
  importing: (rows: string) => `${rows} rows read`,
  target: 'What is to be predicted',
  noTarget: 'Choose a column…',
  suggested: (column: string) => `Suggested: ${column}`,
  task: 'Task',
  columns: 'Columns',
  column: 'Column',
  type: 'Type',
  types: {
    number: 'Number',
    integer: 'Whole number',
    boolean: 'Yes / no',
    category: 'Category',
    date: 'Date',
    text: 'Text',
    id: 'Identifier',
  },
  role: 'Use',
  roles: {
    feature: 'Feature',
    target: 'Target',
    user: 'User',
    item: 'Item',
    time: 'Time',
    ignored: 'Ignored',
  },
  missing: 'Missing',
  distinct: 'Distinct',
  values: 'Values',
  association: 'With the target',
  typeOf: (column: string) => `Type of ${column}`,
  roleOf: (column: string) => `Use of ${column}`,
  distribution: (column: string) => `Distribution of ${column}`,
  changeType: {
    title: (column: string, type: string) => `Read “${column}” as ${type}?`,
    lost: (count: string) => `${count} cells would become missing.`,
    none: 'No cell would be lost.',
    row: 'Row',
    before: 'Now',
    after: 'Then',
    apply: 'Change type',
  },
  preview: {
    title: (names: string) => `Import ${names}`,
    lead: (files: string, size: string) =>
      `${files} ${files === '1' ? 'file' : 'files'}, ${size}. Check how it is read; nothing is kept until you import.`,
    looking: 'Looking into the file…',
    rows: 'The first rows',
    moreColumns: (count: string) =>
      `${count} more columns are not shown here; they are imported too.`,
    import: 'Import',
    keep: (column: string) => `Import the column ${column}`,
    files: 'Files',
    dropFile: (file: string) => `Leave out ${file}`,
  },
  detail: {
    open: (column: string) => `All figures of ${column}`,
    caption: (low: string, high: string, median: string) =>
      `Half of the values lie between ${low} and ${high}; the median is ${median}.`,
    top: 'Most frequent values',
    mostFrequent: (value: string, count: string, share: string) =>
      `“${value}” is the most frequent: ${count} rows, ${share} of those that have a value.`,
    allDiffer: (count: string) => `All ${count} values are different.`,
    below: (percent: string, value: string) =>
      `Here: ${percent} % of the values are at most ${value}.`,
    spread: (mean: string, deviation: string) =>
      `Here: the mean is ${mean}; a typical distance from it is ${deviation}.`,
    ofPresent: (distinct: string, present: string) =>
      `Here: ${distinct} different values in ${present} rows.`,
    stats: {
      mean: 'Mean',
      deviation: 'Standard deviation',
      min: 'Smallest',
      max: 'Largest',
      median: 'Median (50 %)',
      quantile: (percent: string) => `Quantile ${percent} %`,
      infinite: 'Infinite',
    },
    measures: {
      pearson: 'Correlation with the target (Pearson)',
      'correlation-ratio': 'With the target (correlation ratio η)',
      'cramers-v': 'With the target (Cramér’s V)',
    },
  },
  splitCounts: {
    title: 'Rows in each part',
    train: 'Train',
    validation: 'Validation',
    test: 'Test',
    leftOut: (rows: string) => `${rows} rows have no target and are in no part.`,
  },
  history: {
    title: 'Versions of the data',
    lead: 'Every change made a new version; none is lost.',
    current: 'In use',
    goTo: 'Use this one',
    runs: (names: string) => `Trained on by ${names}`,
    changes: {
      import: (files: string) => `Imported ${files}`,
      type: (column: string, from: string, to: string) => `“${column}” read as ${to}, not ${from}`,
      role: (column: string, from: string, to: string) => `Use of “${column}”: ${to}, was ${from}`,
      preparation: (columns: string) => `Preparation of ${columns}`,
      split: 'Another split',
      rename: (column: string, to: string) => `“${column}” renamed to “${to}”`,
      events: 'Who, what, how much and when chosen',
      removeDuplicates: (rows: string) => `${rows} repeated rows removed`,
      keepCore: (least: string, rows: string) =>
        `${rows} events of users or items with fewer than ${least} left out`,
    },
  },
  reading: {
    title: (file: string) => `How “${file}” was read`,
    delimiter: 'Cells are separated by',
    delimiters: { ',': 'Comma', ';': 'Semicolon', '\t': 'Tab', '|': 'Pipe', '::': 'Two colons' },
    noQuote: 'None',
    quote: 'Quotes',
    encoding: 'Encoding',
    skipLines: 'Lines before the table',
    header: 'The first line has names',
    again:
      'Reading again starts over: types, uses and the split are found anew, and columns that were left out are back.',
    apply: 'Read again',
  },
  prepare: {
    open: (column: string) => `Prepare ${column}…`,
    title: (column: string) => `Prepare “${column}”`,
    lead: 'Worked out on the train rows alone, kept with the model, and applied to every row that it answers.',
    missing: 'A missing cell becomes',
    plans: {
      median: 'the median',
      mean: 'the mean',
      'most-frequent': 'the most frequent value',
      constant: 'a value of mine',
      'own-category': 'a category of its own',
      'drop-row': 'a reason to leave the row out',
    },
    constant: 'Value',
    scaling: 'Scale',
    scalings: {
      standard: 'Standard: mean 0, deviation 1',
      'min-max': 'From 0 to 1',
      robust: 'Robust: median 0, quartiles 1 apart',
      none: 'As it is',
    },
    maxCategories: 'Categories at most',
    maxCategoriesHint: 'The rarer ones share one feature.',
    indicator: 'Add a feature that says where it was missing',
    all: (count: number) => `For all ${count} features of this kind`,
    apply: 'Prepare so',
    here: (mean: string, deviation: string, min: string, max: string) =>
      `Here, over all rows: mean ${mean}, standard deviation ${deviation}, from ${min} to ${max}.`,
    hereMissing: (count: string, share: string) => `Here: ${count} cells are missing (${share}).`,
  },
  profiling: 'Looking at the columns…',
  warnings: 'Before you train',
  warning: {
    constant: (column: string, value: string) =>
      `“${column}” is “${value}” in every row: nothing can be learned from it.`,
    'id-like': (column: string) =>
      `“${column}” is different in almost every row, like an identifier: what is learned from it won’t hold for new rows.`,
    'leaks-target': (column: string, value: string) =>
      `“${column}” all but is the target (${value}). Would you know it before the answer?`,
    'mostly-missing': (column: string, share: string) =>
      `“${column}” is missing in ${share} of the rows.`,
    unread: (column: string, count: string, row: string, text: string) =>
      `“${column}”: ${count} cells are not of its type and count as missing, the first in row ${row}: “${text}”.`,
    infinite: (column: string, count: string) =>
      `“${column}” has ${count} infinite cells; they count as missing.`,
    'many-categories': (column: string, count: string) =>
      `“${column}” has ${count} categories; the rarer ones share one feature.`,
    'duplicate-rows': (count: string) =>
      `${count} rows repeat an earlier one. The same row in train and test flatters the result.`,
    imbalance: (column: string, rarest: string, share: string) =>
      `“${column}” is uneven: “${rarest}” is ${share} of the rows. Look at balanced accuracy, or balance the class weights.`,
    'rare-class': (column: string, value: string, count: string) =>
      `“${column}” is “${value}” in only ${count} rows: too few to train and test on.`,
    'missing-target': (column: string, count: string) =>
      `“${column}” is missing in ${count} rows; they are left out.`,
    'unusable-target': (column: string) =>
      `“${column}” can’t be learned: it has no two different values.`,
    'too-few-rows': (rows: string) =>
      `${rows} rows are few for so many features; expect wide intervals.`,
  },
  ignore: 'Ignore the column',
  removeDuplicates: 'Remove repeats',
  notes: {
    'short-rows': (count: string, row: string) =>
      `${count} rows had too few cells (first: row ${row}); the rest count as missing.`,
    'long-rows': (count: string, row: string) =>
      `${count} rows had too many cells (first: row ${row}); the extra ones were left out.`,
    'renamed-column': (from: string, to: string) =>
      `A second column “${from}” is called “${to}” here.`,
    'undecodable-bytes': (encoding: string) =>
      `Some characters can’t be read as ${encoding}. If words look wrong, choose another encoding.`,
    'left-out-member': (name: string, row: string) =>
      `“${name}” first appears in row ${row}, too late to become a column; it was left out.`,
    'ambiguous-date': (column: string) =>
      `The dates of “${column}” could be day first or month first.`,
  },
  split: 'Split',
  splitLead: 'Train learns, validation watches, test judges at the end.',
  splitType: 'How',
  splitTypes: {
    random: 'At random',
    group: 'By group',
    time: 'By time',
    column: 'By a column',
    'per-user': 'At random, of each user',
    'last-out': 'Each user’s last',
  },
  lastButOneValidates: 'The one before it validates',
  splitColumn: 'Column',
  validationShare: 'Validation',
  testShare: 'Test',
  percentOfRows: '%',
  stratify: 'Each class, or range of numbers, keeps its share',
  seed: 'Seed',
  applySplit: 'Apply split',
  validationName: 'Value that means validation',
  testName: 'Value that means test',
  rows: 'Rows',
  search: 'Search in the rows',
  pageOf: (first: string, last: string, total: string) => `Rows ${first}–${last} of ${total}`,
  goTo: 'Go to row',
  noRows: 'No row matches.',
};
