/** What the design system itself says. */
export const ui = {
  close: 'Close',
  cancel: 'Cancel',
  optional: 'optional',
  choose: 'Choose…',
  noMatch: 'Nothing fits',
  more: 'More actions',
  timeLeft: (time: string) => `${time} left`,
  askTerm: (term: string) => `What is “${term}”?`,
  formula: 'Formula',
  number: {
    notNumber: 'Enter a number',
    notInteger: 'Enter a whole number',
    tooSmall: (min: string) => `At least ${min}`,
    tooLarge: (max: string) => `At most ${max}`,
  },
  drop: {
    choose: 'Choose files',
    paste: 'You can also paste a table or a file.',
    pastedName: 'pasted.csv',
  },
  table: {
    sort: (column: string) => `Sort by ${column}`,
    failed: 'These rows can’t be read',
    again: 'Try again',
  },
  chart: {
    asTable: 'Show as table',
    asChart: 'Show as chart',
    saveCsv: 'Save as CSV',
    logScale: 'Log scale',
    linearScale: 'Linear scale',
    bin: 'Range',
    from: (from: string, to: string) => `${from} to ${to}`,
    moreInTable: (count: string) => `${count} more in the table`,
    firstRows: (shown: string, total: string) =>
      `The first ${shown} of ${total} rows. The CSV has all.`,
    empty: 'Nothing to show yet',
  },
  confusion: {
    cell: (count: string, actual: string, predicted: string) =>
      `${count} rows of ${actual} predicted as ${predicted}`,
  },
};
