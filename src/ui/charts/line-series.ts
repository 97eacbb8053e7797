export interface LineSeries {
  id: string;
  label: string;
  points: readonly { x: number; y: number }[];
  /** Which of the series colours; the same one for what belongs together. */
  colour?: number;
  dashed?: boolean;
  /** Instead of `label` above the chart; '' leaves it out there, beside one of the same colour. */
  legend?: string;
  /** points: not joined. steps: a histogram's outline, filled; y holds from a point to the next. */
  mark?: 'line' | 'points' | 'steps';
}
