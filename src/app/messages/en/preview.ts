/** The preview of recommendations. */
export const preview = {
  lead: 'See what a version would recommend to somebody, and why.',
  none: {
    title: 'No recommender yet',
    text: 'Train one first. Then choose a person, or be a new one, and see what they would get.',
  },
  opening: 'Opening the version…',
  asking: 'Ranking all items…',
  compareWith: 'Beside it',
  nothing: 'Nothing',
  methods: {
    'most-popular': 'Most popular',
    ease: 'EASE',
    'item-knn': 'Item kNN',
    'user-knn': 'User kNN',
    ials: 'iALS',
    'pure-svd': 'PureSVD',
    bpr: 'BPR',
    'biased-mf': 'Biased matrix factorisation',
    'user-item-bias': 'User and item bias',
    'item-mean': 'Item mean',
    'content-based': 'Content-based',
    hybrid: 'Hybrid',
    'two-tower': 'Two-tower',
    sasrec: 'SASRec',
    gru4rec: 'GRU4Rec',
  },
  noTitles: {
    title: 'Items are shown by their ids',
    text: 'Bring a table of items with titles and categories on the Data stage to see them by name.',
  },
  oneUser: {
    title: 'The data has one person',
    text: 'Nobody else’s taste can be learned from. Bring events of more people.',
  },
  who: 'For whom',
  known: 'Somebody of the data',
  new: 'A new person',
  findPerson: 'Find a person',
  findPersonHint: 'Beginning of an id',
  events: (n: string) => (n === '1' ? '1 event' : `${n} events`),
  historyOf: (id: string) => `What ${id} had`,
  noHistory: 'Nothing that the model knows of.',
  unknownPerson: 'The data of this version has no such person. Choose another, or another version.',
  findItem: 'Find an item to rate',
  findItemHint: 'Title, category or id',
  addedWithTop: 'Enter adds it with the top rating; change that with the stars.',
  addedAsLiked: 'Enter adds it as something you like.',
  countsOnly: 'This method heeds what you rated, not how high.',
  undo: 'Undo',
  clear: 'Clear',
  exportRatings: 'Save ratings',
  ratingsFile: 'ratings',
  rated: (n: string) => `Your ratings (${n})`,
  noneRated: 'None yet. The list beside follows each one at once; nothing is trained again.',
  notInData: 'not in the data of this version',
  removeRating: (title: string) => `Remove ${title}`,
  ratingOf: (title: string) => `Rating of ${title}`,
  stars: (n: string, most: string) => `${n} of ${most}`,
  liked: 'Liked',
  forAnybody: 'What anybody would get: nothing is known of this person yet.',
  answeredIn: (time: string) => `Ranked in ${time}, without training.`,
  hits: (n: string, all: string) => `${n} of ${all} were held out of training: hits.`,
  hit: 'hit',
  noneLeft: 'Nothing is left to recommend: this person had every item.',
  because: {
    item: (name: string, isNew: boolean) =>
      isNew ? `Because you liked “${name}”` : `Because they had “${name}”`,
    user: (name: string, isNew: boolean) =>
      isNew
        ? `Because ${name}, whose taste is like yours, had it`
        : `Because ${name}, whose taste is alike, had it`,
    feature: (name: string, isNew: boolean) =>
      isNew
        ? `Because it suits your taste for “${name}”`
        : `Because it suits their taste for “${name}”`,
    factor: (name: string, isNew: boolean) =>
      isNew
        ? `Because it suits your taste in factor ${name}`
        : `Because it suits their taste in factor ${name}`,
    member: (name: string) => `Because ${name} ranks it high`,
    bias: () => 'Because most people like it',
    none: () => 'Why it is here',
  },
  reason: {
    bias: 'How well it is liked in general',
    rest: 'The rest',
    factor: (name: string) => `Factor ${name}`,
    user: (name: string) => `Person ${name}`,
  },
  sum: (score: string) => `The parts sum to the score, ${score}.`,
  noSum: 'The parts say what mattered most; they don’t sum to the score.',
  itemFacts: (id: string, people: string) => `Item ${id}. ${people} people had it.`,
  similar: 'Similar items',
  noSimilar: 'This method has no measure of how alike items are.',
};
