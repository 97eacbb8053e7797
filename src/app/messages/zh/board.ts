import type { Messages } from '../en/index.ts';

export const board: Messages['board'] = {
  lead: '各方法对人们之后行为的预测有多准。所有数字都来自测试部分，任何方法都没有见过它。',
  none: {
    title: '还没有可评估的推荐模型',
    text: '训练几种方法；每种都用留出的事件来衡量，并在这里相互比较。',
    action: '去训练',
  },
  noTest: {
    title: '没有留出用于测试的事件',
    text: '没有任何版本带有测试部分，因此没有数字。请选择带测试份额的划分，然后重新训练。',
    action: '去数据页',
  },
  noneLiked: {
    title: '留出的事件都不算“喜欢”',
    text: (from, highest) =>
      `数值不低于 ${from} 才算喜欢，而测试部分的最高值是 ${highest}。请在选择列的地方调低“从此数值起算作喜欢”，或留出更多事件，然后重新训练。`,
  },
  unliked: (names) => `以下版本不在排行榜上，因为没有测试事件算作喜欢：${names}。`,
  untested: (names) =>
    `以下版本没有测试部分，因此不在排行榜上：${names}。请选择带测试份额的划分后重新训练。`,
  title: '排行榜',
  cutoff: '截断位置',
  cutoffOption: (k) => `前 ${k} 位`,
  split: {
    'per-user': '从每个人的事件中随机抽取一部分',
    'last-out': '每个人的最后一个事件',
    time: '全部事件中最晚的部分',
  },
  protocol: (split, events, people, items) =>
    `留出：${split}。共 ${people} 人的 ${events} 个测试事件；为每个人对全部 ${items} 个物品排序，已有的物品除外。`,
  likedFrom: (value) =>
    `只有数值不低于 ${value} 的事件算作喜欢并计入命中；不需要数值的方法只从这些事件学习。`,
  withoutEvents: (n) => `另有 ${n} 个物品没有事件：部分版本会列出它们，但不计入任何指标。`,
  data: (digest) => `数据 ${digest}`,
  otherProtocol: '数据或划分不同：这些数字不能与上面的相比较。',
  method: '方法',
  version: (n, run) => `版本 ${n} · ${run}`,
  baselineRow: '基线，随其他方法一起测得',
  best: '最佳',
  tie: '并列',
  difference: '与最佳之差',
  differenceHint: 'NDCG@10，同一批人',
  sortBy: (column) => `按${column}排序`,
  exportCsv: '保存为 CSV',
  fileName: '排行榜.csv',
  interval: (low, high) => `${low} – ${high}`,
  overview: (metric) => `各方法的 ${metric}`,
  overviewCaption: (best, value, baseline, times) =>
    `${best}最好，为 ${value}；基线（${baseline}）为 ${times}。横条是对人做自助抽样得到的 95 % 区间。`,
  overviewAlone: (best, value) => `${best}为 ${value}。横条是对人做自助抽样得到的 95 % 区间。`,
  clear: '最佳方法对其他版本的领先超出了偶然所能解释的程度。',
  ties: (names) =>
    `难分高下：${names}与最佳方法的差距，不超过人与人之间的偶然差异所能解释的程度（配对自助法，95 %）。`,
  comparing: '正在逐人比较…',
  slices: {
    title: '对谁有效，对什么有效',
    version: '模型版本',
    activity: '按人的活跃程度',
    activityAxis: '每人的已知事件数',
    range: (least, most) => (least === most ? least : `${least}–${most}`),
    people: (people) => `${people} 人`,
    activityCaption: (best, high, worst, low) =>
      `有 ${best} 个事件的人 NDCG@10 最高（${high}），有 ${worst} 个事件的人最低（${low}）。`,
    activityOne: (value) => `所有人的事件数相近；NDCG@10 为 ${value}。`,
    popularity: '按目标物品的热门程度',
    popularityAxis: '物品',
    names: { head: '头部', middle: '中部', tail: '尾部' },
    popularityCaption: (head, tail, headItems, tailItems) =>
      `在人们之后得到的物品中：若属于最热门的 ${headItems} 个（头部，占全部事件的一半），前十位命中 ${head}；若属于最冷门的 ${tailItems} 个（尾部，最后五分之一），命中 ${tail}。`,
    wanted: (items, wanted) => `${items} 个物品，被需要 ${wanted} 次`,
    none: '无',
  },
  why: {
    title: '为什么评估方式很重要：用你自己的数据来看',
    lead: '同一种方法，换一种测试方式，看起来可能很好，也可能很差。来亲眼看看。',
    again: '重新计算',
    working: '正在计算…',
    newestOnly: (n) => `只取最新的 ${n} 个版本。`,
  },
  sampled: {
    run: '用两种方式为我的版本排序',
    title: '只与一部分样本比较',
    lead: (negatives) =>
      `许多报告为了省时，只把每个目标物品与 ${negatives} 个随机物品一起排序。随机物品几乎都很容易胜过，所以每种方法看起来都更好，但程度不同：名次可能颠倒（Krichene 与 Rendle，KDD 2020）。`,
    chart: '同样的目标物品，两种排序方式下的 NDCG@10',
    full: '全部物品',
    sample: (negatives) => `1 对 ${negatives}`,
    same: (factor, people) =>
      `与样本比较时，数字最多高出到 ${factor} 倍。这里各方法的名次没有变，但并不保证总是如此。共 ${people} 人。`,
    turned: (pairs, example, factor, people) =>
      `有 ${pairs} 对方法的名次颠倒${pairs === 1 ? '' : '，例如'}：${example}。与样本比较时，数字最多高出到 ${factor} 倍。共 ${people} 人。`,
    pair: (better, worse) => `在全部物品中${better}胜过${worse}，与样本比较时却输给它`,
    alone: (factor, people) =>
      `与样本比较时，数字是原来的 ${factor} 倍。再训练一种方法，就能看到名次是否保持。共 ${people} 人。`,
    note: '这里每个目标物品单独排序，因此差别只来自抽样；若一个人有多个目标物品，排行榜上的数字会有所不同。',
  },
  splits: {
    title: '偷看未来',
    lead: '实际使用时，模型只知道过去。随机划分却让它从测试事件之后发生的事情中学习。',
    chosen: (samePerson, anyone) =>
      `在最新版本的划分中，对 ${samePerson} 的测试事件，训练时已经见过同一个人更晚的事件；对 ${anyone}，见过任何人更晚的事件。`,
    run: '在两种划分下训练两种快速方法',
    chart: '同样的事件，两种划分下的 NDCG@10',
    names: { random: '按人随机', temporal: '按时间，最晚的用于测试' },
    looks: '训练时见过任何人更晚事件的测试事件',
    looksOwn: '……同一个人更晚事件的',
    people: '测试人数',
    newcomers: '其中训练时一无所知的',
    caption: (changes) => `NDCG@10：${changes.join('；')}。`,
    change: (method, random, temporal) =>
      `${method}：随机划分为 ${random}，按时间划分为 ${temporal}`,
    note: '两种划分测试的是不同的人的不同事件，所以差距并不只来自泄漏：按时间划分时，口味已经改变，有些人是新来的。实际使用时正是如此。',
    noTimes:
      '这些事件没有时间，无法按时间划分，也无从得知随机划分偷看了多少未来。请导入带时间的列，并在数据页选定它。',
  },
};
