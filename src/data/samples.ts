/** The tables that come with the studio. Titles are in the message catalogue, by id. */
import { StudioError } from '../lib/errors.ts';
import type { ColumnType, Dialect, EventColumns } from './schema.ts';

interface SampleBase {
  id: SampleId;
  /** What a project made from it is called at first. */
  name: string;
  /** Under `samples/` of the built folder. */
  file: string;
  rows: number;
  columns: number;
  /** For files whose first line is no header, or that need telling how to be read. */
  dialect?: Partial<Extract<Dialect, { format: 'csv' }>>;
  columnNames?: readonly string[];
  types?: Readonly<Record<string, ColumnType>>;
  licence: string;
  source: string;
}

interface TableSample extends SampleBase {
  taskId: 'tabular-classification' | 'tabular-regression';
  target: string;
}

interface EventSample extends SampleBase {
  taskId: 'recommendation';
  events: EventColumns;
  /** What is known of items: its file, and the column of their ids. */
  items: { file: string; key: string };
}

export type Sample = TableSample | EventSample;

type SampleId =
  | 'penguins'
  | 'iris'
  | 'wine'
  | 'breast-cancer'
  | 'digits'
  | 'credit'
  | 'diabetes'
  | 'ames'
  | 'concrete'
  | 'cars'
  | 'movielens';

/** scikit-learn's own first line holds counts and class names, not columns. */
const afterSklearnHeader = { header: false, skipLines: 1 };
const sklearn = 'scikit-learn (BSD-3-Clause); UCI Machine Learning Repository (CC BY 4.0)';

const nuclei = [
  'radius',
  'texture',
  'perimeter',
  'area',
  'smoothness',
  'compactness',
  'concavity',
  'concave points',
  'symmetry',
  'fractal dimension',
];

export const samples: readonly Sample[] = [
  {
    id: 'penguins',
    name: 'Palmer penguins',
    file: 'penguins.csv',
    taskId: 'tabular-classification',
    target: 'species',
    rows: 344,
    columns: 7,
    licence: 'CC0-1.0',
    source:
      'palmerpenguins: Horst, Hill and Gorman (2020), data by K. Gorman and Palmer Station LTER',
  },
  {
    id: 'ames',
    name: 'Ames house prices',
    file: 'ames.csv',
    taskId: 'tabular-regression',
    target: 'Sale_Price',
    rows: 2930,
    columns: 19,
    licence: 'MIT',
    source: 'modeldata (tidymodels); De Cock (2011), Journal of Statistics Education 19(3)',
  },
  {
    id: 'digits',
    name: 'Handwritten digits',
    file: 'sklearn-digits8x8.csv',
    taskId: 'tabular-classification',
    target: 'digit',
    rows: 1797,
    columns: 65,
    dialect: { header: false, skipLines: 0 },
    columnNames: [
      ...Array.from({ length: 64 }, (_, pixel) => `pixel ${Math.floor(pixel / 8)},${pixel % 8}`),
      'digit',
    ],
    types: { digit: 'category' },
    licence: 'BSD-3-Clause, CC BY 4.0',
    source: `${sklearn}, Optical Recognition of Handwritten Digits`,
  },
  {
    id: 'credit',
    name: 'Credit status',
    file: 'credit_data.csv',
    taskId: 'tabular-classification',
    target: 'Status',
    rows: 4454,
    columns: 14,
    licence: 'MIT',
    source: 'modeldata (tidymodels); L. Belanche, Universitat Politècnica de Catalunya',
  },
  {
    id: 'movielens',
    name: 'Film ratings',
    file: 'movielens-ratings.csv',
    taskId: 'recommendation',
    events: { user: 'userId', item: 'movieId', value: 'rating', time: 'timestamp' },
    items: { file: 'movielens-movies.csv', key: 'movieId' },
    rows: 72_641,
    columns: 4,
    licence: 'MovieLens terms: non-commercial, with acknowledgement',
    source:
      'GroupLens MovieLens ml-latest-small (2016), the 1,500 most rated films: Harper and Konstan (2015), ACM TiiS 5(4). No endorsement by the University of Minnesota or GroupLens is implied',
  },
  {
    id: 'iris',
    name: 'Iris',
    file: 'sklearn-iris.csv',
    taskId: 'tabular-classification',
    target: 'species',
    rows: 150,
    columns: 5,
    dialect: afterSklearnHeader,
    columnNames: [
      'sepal length (cm)',
      'sepal width (cm)',
      'petal length (cm)',
      'petal width (cm)',
      'species',
    ],
    types: { species: 'category' },
    licence: 'BSD-3-Clause, CC BY 4.0',
    source: `${sklearn}, Iris: R. A. Fisher (1936)`,
  },
  {
    id: 'wine',
    name: 'Wine',
    file: 'sklearn-wine_data.csv',
    taskId: 'tabular-classification',
    target: 'cultivar',
    rows: 178,
    columns: 14,
    dialect: afterSklearnHeader,
    columnNames: [
      'alcohol',
      'malic acid',
      'ash',
      'alcalinity of ash',
      'magnesium',
      'total phenols',
      'flavanoids',
      'nonflavanoid phenols',
      'proanthocyanins',
      'colour intensity',
      'hue',
      'od280/od315 of diluted wines',
      'proline',
      'cultivar',
    ],
    types: { cultivar: 'category' },
    licence: 'BSD-3-Clause, CC BY 4.0',
    source: `${sklearn}, Wine`,
  },
  {
    id: 'breast-cancer',
    name: 'Breast cancer',
    file: 'sklearn-breast_cancer.csv',
    taskId: 'tabular-classification',
    target: 'diagnosis',
    rows: 569,
    columns: 31,
    dialect: afterSklearnHeader,
    columnNames: [
      ...['mean', 'error of', 'worst'].flatMap((figure) => nuclei.map((of) => `${figure} ${of}`)),
      'diagnosis',
    ],
    types: { diagnosis: 'category' },
    licence: 'BSD-3-Clause, CC BY 4.0',
    source: `${sklearn}, Breast Cancer Wisconsin (Diagnostic): 0 is malignant, 1 benign`,
  },
  {
    id: 'diabetes',
    name: 'Diabetes progression',
    file: 'sklearn-diabetes.csv',
    taskId: 'tabular-regression',
    target: 'target',
    rows: 442,
    columns: 11,
    licence: 'BSD-3-Clause',
    source: 'scikit-learn; Efron, Hastie, Johnstone and Tibshirani (2004)',
  },
  {
    id: 'concrete',
    name: 'Concrete strength',
    file: 'concrete.csv',
    taskId: 'tabular-regression',
    target: 'compressive_strength',
    rows: 1030,
    columns: 9,
    licence: 'CC BY 4.0, MIT',
    source: 'modeldata (tidymodels); UCI Machine Learning Repository, I-C. Yeh (1998)',
  },
  {
    id: 'cars',
    name: 'Cars',
    file: 'vega-cars.json',
    taskId: 'tabular-regression',
    target: 'Miles_per_Gallon',
    rows: 406,
    columns: 9,
    licence: 'BSD-3-Clause',
    source: 'vega-datasets',
  },
];

/** @throws StudioError `not-found` */
export function sampleOf(id: string): Sample {
  const sample = samples.find((candidate) => candidate.id === id);
  if (!sample) throw new StudioError('not-found', `There is no sample "${id}"`);
  return sample;
}
