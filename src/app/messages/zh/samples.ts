import type { Messages } from '../en/index.ts';

export const samples: Messages['samples'] = {
  penguins: {
    title: '帕默企鹅',
    about: '根据喙、鳍和体重，判断企鹅属于三个物种中的哪一个。',
    target: '物种',
  },
  iris: {
    title: '鸢尾花',
    about: '费希尔的经典数据：用花瓣和萼片的尺寸区分三种鸢尾。',
    target: '物种',
  },
  wine: {
    title: '葡萄酒',
    about: '根据十三项化学指标，判断酒出自三家酒庄中的哪一家。',
    target: '品种',
  },
  'breast-cancer': {
    title: '乳腺癌',
    about: '根据细胞核的测量值，判断肿块是恶性还是良性。',
    target: '诊断',
  },
  digits: {
    title: '手写数字',
    about: '根据 8 × 8 的灰度像素，认出写的是哪个数字。',
    target: '数字',
  },
  credit: {
    title: '信贷状况',
    about: '这笔贷款会还上吗？含缺失值和类别，和真实表格一样。',
    target: 'Status',
  },
  diabetes: {
    title: '糖尿病进展',
    about: '根据十项指标，预测一年后病情的进展。',
    target: '进展',
  },
  ames: {
    title: '埃姆斯房价',
    about: '预测美国艾奥瓦州埃姆斯市的房屋售价。',
    target: 'Sale_Price',
  },
  concrete: {
    title: '混凝土强度',
    about: '根据配比和龄期，预测混凝土的抗压强度。',
    target: 'compressive_strength',
  },
  movielens: {
    title: '电影评分',
    about: '根据一个人和其他人的评分，推测他还会喜欢哪些电影？',
    target: '评分',
  },
  cars: {
    title: '汽车油耗',
    about: '预测二十世纪七十年代的汽车每加仑汽油能跑多少英里。',
    target: 'Miles_per_Gallon',
  },
};
