/** Recommenders held against each other. */
export const board = {
  lead: 'How well each method foretells what people went on to have. Every figure is of the test part, which no method has seen.',
  none: {
    title: 'No recommender to evaluate yet',
    text: 'Train a few methods; each is measured on events that were held out, and they meet here.',
    action: 'Go to training',
  },
  noTest: {
    title: 'Nothing was held out to test on',
    text: 'No version has a test part, so there are no figures. Choose a split with a test share and train again.',
    action: 'Go to the data',
  },
  noneLiked: {
    title: 'Nothing that was held out counts as liked',
    text: (from: string, highest: string) =>
      `What counts as liked has a value of ${from} or more; the highest of the test part is ${highest}. Lower “Count as liked from” where the columns are chosen, or hold more events out, and train again.`,
  },
  unliked: (names: string) => `Not on the leaderboard, as no test event counts as liked: ${names}.`,
  untested: (names: string) =>
    `Without a test part, and so not on the leaderboard: ${names}. Choose a split with a test share and train them again.`,
  title: 'Leaderboard',
  cutoff: 'Cut-off',
  cutoffOption: (k: number) => `First ${k} places`,
  split: {
    'per-user': 'a share of each person’s events, drawn at random',
    'last-out': 'the last event of each person',
    time: 'the latest events of all',
  },
  protocol: (split: string, events: string, people: string, items: string) =>
    `Held out: ${split}. ${events} test events of ${people} people; all ${items} items ranked for each, those they already had left out.`,
  likedFrom: (value: string) =>
    `What is liked counts as found, from a value of ${value}; methods that need no values learn from that alone.`,
  withoutEvents: (n: string) =>
    `${n} more items have no events: some versions list them, no figure is of them.`,
  data: (digest: string) => `Data ${digest}`,
  otherProtocol: 'Other data or another split: these figures can’t be held against the ones above.',
  method: 'Method',
  version: (n: number, run: string) => `Version ${n} · ${run}`,
  baselineRow: 'Baseline, measured beside the others',
  best: 'Best',
  tie: 'Tie',
  difference: 'To the best',
  differenceHint: 'NDCG@10, the same people',
  sortBy: (column: string) => `Sort by ${column}`,
  exportCsv: 'Save as CSV',
  fileName: 'leaderboard.csv',
  interval: (low: string, high: string) => `${low} – ${high}`,
  overview: (metric: string) => `${metric} of each method`,
  overviewCaption: (best: string, value: string, baseline: string, times: string) =>
    `${best} is best with ${value}; the baseline, ${baseline}, has ${times}. Bars are 95 % bootstrap intervals over people.`,
  overviewAlone: (best: string, value: string) =>
    `${best} has ${value}. Bars are 95 % bootstrap intervals over people.`,
  clear: 'The best is ahead of all other versions by more than chance would explain.',
  ties: (names: string) =>
    `Too close to call: ${names} and the best differ by no more than chance between people would explain (paired bootstrap, 95 %).`,
  comparing: 'Comparing person by person…',
  slices: {
    title: 'For whom, and for what',
    version: 'Model version',
    activity: 'By how active people are',
    activityAxis: 'Events known of a person',
    range: (least: string, most: string) => (least === most ? least : `${least}–${most}`),
    people: (people: string) => `${people} people`,
    activityCaption: (best: string, high: string, worst: string, low: string) =>
      `NDCG@10 is highest (${high}) for people with ${best} events and lowest (${low}) for those with ${worst}.`,
    activityOne: (value: string) => `All people have about as many events; NDCG@10 is ${value}.`,
    popularity: 'By how popular the wanted items are',
    popularityAxis: 'Items',
    names: { head: 'Head', middle: 'Middle', tail: 'Tail' },
    popularityCaption: (head: string, tail: string, headItems: string, tailItems: string) =>
      `Of what people went on to have, the first ten places held ${head} where it was one of the ${headItems} most popular items (the head: half of all events), and ${tail} where it was one of the ${tailItems} least popular (the tail: the last fifth).`,
    wanted: (items: string, wanted: string) => `${items} items, wanted ${wanted} times`,
    none: 'none',
  },
  why: {
    title: 'Why the protocol matters, on your own data',
    lead: 'The same method can look good or bad by the way it is tested. See it happen.',
    again: 'Compute again',
    working: 'Computing…',
    newestOnly: (n: string) => `The newest ${n} versions are taken.`,
  },
  sampled: {
    run: 'Rank my versions in both ways',
    title: 'Ranking against a sample',
    lead: (negatives: string) =>
      `Many reports rank each wanted item against ${negatives} random items only, because it is quick. Almost all random items are easy to beat, so that every method looks better, and not all by as much: the order can turn round (Krichene and Rendle, KDD 2020).`,
    chart: 'NDCG@10 of the same wanted items, ranked in two ways',
    full: 'All items',
    sample: (negatives: string) => `1 against ${negatives}`,
    same: (factor: string, people: string) =>
      `Against a sample the figures are up to ${factor} times as high. The order of the methods stayed the same here; nothing makes sure of that. Of ${people} people.`,
    turned: (pairs: number, example: string, factor: string, people: string) =>
      `The order turned round for ${pairs === 1 ? 'one pair' : `${pairs} pairs`}${pairs === 1 ? '' : ', for example'}: ${example}. Against a sample the figures are up to ${factor} times as high. Of ${people} people.`,
    pair: (better: string, worse: string) =>
      `${better} beats ${worse} among all items, and loses to it against the sample`,
    alone: (factor: string, people: string) =>
      `Against a sample the figure is ${factor} times as high. Train another method to see whether their order holds. Of ${people} people.`,
    note: 'Each wanted item is ranked on its own here, so that only the sample differs; where people have several, the leaderboard’s figure is another one.',
  },
  splits: {
    title: 'Looking into the future',
    lead: 'In use a model knows the past only. A split at random lets it learn from what happened after the events that it is tested on.',
    chosen: (samePerson: string, anyone: string) =>
      `In the newest version’s split, training had already seen something later of the same person for ${samePerson} of the test events, and of anyone for ${anyone}.`,
    run: 'Train two quick methods under both splits',
    chart: 'NDCG@10 under two splits of the same events',
    names: { random: 'At random, by person', temporal: 'By time, the latest test' },
    looks: 'Test events with later training events of anyone',
    looksOwn: '… of the same person',
    people: 'People tested',
    newcomers: 'of whom training knew nothing',
    caption: (changes: readonly string[]) => `NDCG@10: ${changes.join('; ')}.`,
    change: (method: string, random: string, temporal: string) =>
      `${method} has ${random} at random and ${temporal} by time`,
    note: 'The two test other events of other people, so that the gap is not the leak alone: by time, tastes have moved on and some people are new. That is what use looks like.',
    noTimes:
      'These events have no times, so they can’t be split by time, and nobody can tell how far a random split looks ahead. Bring a column of times and choose it on the Data screen.',
  },
};
