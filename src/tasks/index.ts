// One line a task. The name of its folder is its id.
export { tabularClassification } from './tabular-classification/task.ts';
export { tabularRegression } from './tabular-regression/task.ts';
export { recommendation } from './recommendation/task.ts';
