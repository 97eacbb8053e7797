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
  list: 'Recommended items',
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
  noEvents: 'no events yet',
  historyOf: (id: string) => `What ${id} had`,
  latestOf: (n: string, all: string) => `The latest ${n} of ${all}.`,
  showAll: 'Show all',
  noHistory: 'No events yet that the model knows of.',
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
  forAnybody:
    'What anybody would get: nothing that this method goes by is known of this person yet.',
  byFacts: 'By what is said of the person alone: no events are known yet.',
  about: {
    title: 'About you',
    lead: 'The model learned from these too. Say what you like to; the list follows.',
    unsaid: 'Not said',
    several: (separator: string, example: string) =>
      `Several with “${separator}” between, such as ${example}`,
  },
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
    likes: (likes: string, isNew: boolean) =>
      isNew
        ? `Because it suits your taste for ${likes}`
        : `Because it suits their taste for ${likes}`,
    text: (_name: string, isNew: boolean): string =>
      isNew
        ? 'Because its text means much the same as what you liked'
        : 'Because its text means much the same as what they liked',
    member: (name: string) => `Because ${name} ranks it high`,
    person: (_name: string, isNew: boolean): string =>
      isNew ? 'Because of what you said of yourself' : 'Because of what is known of them',
    'item-bias': () => 'Because many people like it',
    none: () => 'Why it is here',
  },
  reason: {
    bias: 'The average',
    'item-bias': 'How it is liked by all',
    'user-bias': 'How this person rates in general',
    person: 'What is known of the person',
    text: 'What its text means',
    rest: 'The rest',
    factor: (name: string) => `Factor ${name}`,
    likes: (titles: readonly string[], category: string | null) =>
      `the likes of ${titles.map((title) => `“${title}”`).join(', ')}${category ? ` (${category})` : ''}`,
    unlike: (factor: string, other: string) => `${factor}; at its other end ${other}`,
    user: (name: string) => `Person ${name}`,
  },
  sum: (score: string) => `The parts sum to the score, ${score}.`,
  noSum: 'The parts say what mattered most; they don’t sum to the score.',
  itemFacts: (id: string, people: string) => `Item ${id}. ${people} people had it.`,
  similar: 'Similar items',
  noSimilar:
    'This method goes by one figure an item, such as how many people had it, so it can’t tell which items are alike.',
  noneAlike: 'No other item is alike by this method’s measure.',
  rerank: {
    title: 'Another order',
    lead: 'Re-ranks every list on this page after the model has scored it; nothing is trained.',
    diversity: 'Diversity',
    diversityHint: 'Items that other people had (MMR; alike: cosine of who had them)',
    popularity: 'Popularity',
    popularityHint: 'Left: less known items. Right: better known ones.',
    freshness: 'Freshness',
    freshnessHint: 'Items that came up later',
    newItems: (n: string) => `List items without events (${n})`,
    newItemsHint: 'Figures beside are of items with events in any case.',
    noTimes: 'The data has no times.',
    reset: 'The model’s own order',
    figure: 'Figure, of ten places',
    before: 'Model',
    after: 'Re-ranked',
    change: 'Change',
    diversityFigure: 'Diversity in a list',
    diversityMeasure:
      'Diversity is 1 − the mean cosine of who had the items, pair by pair: the same measure for every method.',
    novelty: 'Novelty (bits)',
    points: (n: string) => `${n} pts`,
    on: (people: string, tested: string) =>
      `Measured on ${people} of the ${tested} people with events in the test split; all items are ranked but those they had.`,
    measuring: 'Measuring…',
    noTest:
      'Nobody has events in the test split, so the effect can’t be measured. Give the split a test share.',
  },
  map: {
    title: 'Map of items',
    caption: (share: string) =>
      `Alike items lie near each other. The two directions show ${share} of how they differ (PCA).`,
    basis: {
      vectors: 'It shows the vectors that the model learned for the items.',
      weights: 'It shows the model’s own weights between items: what each says of the others.',
      people:
        'It shows who had which items: this method itself has no measure of how alike items are.',
    },
    member: (method: string) => `Of the hybrid’s members it shows ${method}.`,
    making: 'Placing the items…',
    keys: 'Arrow keys go from item to item, Enter opens one, + and − zoom, 0 shows all.',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    whole: 'Show the whole map',
    savePicture: 'Save as PNG',
    recommended: 'Recommended now',
    had: 'Had or rated',
    item: 'Item',
    category: 'Category',
    people: 'People',
    x: 'Horizontal',
    y: 'Vertical',
    other: 'Other',
  },
  lists: {
    title: 'Lists for everybody',
    lead: (order: string) => `The first items for every person of the data, ${order}.`,
    ownOrder: 'in the model’s own order',
    reranked: 'in the order set above',
    count: 'Items a person',
    csv: 'Save as CSV',
    json: 'Save as JSON lines',
    file: 'recommendations',
    progress: 'Making the lists',
    saved: 'The lists are in your downloads.',
  },
};
