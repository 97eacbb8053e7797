/** What each sample is about, by its id in src/data/samples.ts. */
export const samples = {
  penguins: {
    title: 'Palmer penguins',
    about: 'Which of three species is a penguin, from its beak, flipper and weight?',
    target: 'species',
  },
  iris: {
    title: 'Iris',
    about: 'Fisher’s classic: three irises told apart by the size of their petals and sepals.',
    target: 'species',
  },
  wine: {
    title: 'Wine',
    about: 'Which of three growers made a wine, from thirteen chemical measurements?',
    target: 'cultivar',
  },
  'breast-cancer': {
    title: 'Breast cancer',
    about: 'Is a lump malignant or benign, from measurements of its cell nuclei?',
    target: 'diagnosis',
  },
  digits: {
    title: 'Handwritten digits',
    about: 'Which digit was written, from 8 × 8 grey pixels?',
    target: 'digit',
  },
  credit: {
    title: 'Credit status',
    about: 'Will a loan be paid back? With gaps and categories, like real tables.',
    target: 'Status',
  },
  diabetes: {
    title: 'Diabetes progression',
    about: 'How far does the disease go in a year, from ten measurements?',
    target: 'progression',
  },
  ames: {
    title: 'Ames house prices',
    about: 'What does a house sell for in Ames, Iowa?',
    target: 'Sale_Price',
  },
  concrete: {
    title: 'Concrete strength',
    about: 'How strong is a concrete, from its mixture and age?',
    target: 'compressive_strength',
  },
  movielens: {
    title: 'Film ratings',
    about: 'Which films will somebody like, by what they and others rated?',
    target: 'rating',
  },
  cars: {
    title: 'Cars',
    about: 'How many miles does a car of the 1970s go on a gallon?',
    target: 'Miles_per_Gallon',
  },
};
