import type { Messages } from '../en/index.ts';

export const privacy: Messages['privacy'] = {
  title: '隐私',
  lead: '这个页面背后没有服务器。您带来的数据由这个浏览器在这台设备上读取、训练和保存。以下是一个网页所能给出的证明。',
  stored: {
    title: '这里保存了什么',
    used: '已用',
    quota: '浏览器允许',
    unknown: '浏览器没有提供用量。',
    persistent: '一直保留，直到您删除',
    notPersistent: '磁盘空间不足时，浏览器可能会清除',
    ask: '请求浏览器保留',
    granted: '浏览器会保留您的项目，直到您删除。',
    refused:
      '浏览器没有同意。是否同意由它自行决定，通常看您使用本页的频率；加入书签会有帮助。重要的内容请导出备份。',
    contents:
      '项目及其数据、训练记录和模型保存在浏览器的 IndexedDB 中；您选择的主题和语言保存在 localStorage 中。没有使用 Cookie。',
    encryption:
      'Glasshouse 没有对它们加密。能使用这个浏览器账户、或能读取本机磁盘的人，都能读到它们。',
  },
  requests: {
    title: '这个页面请求了什么',
    lead: '自页面打开以来的每一次请求，由浏览器记录。它们只是获取程序本身和示例，都不携带您的数据。',
    elsewhere: '发往其他地址',
    elsewhereNone: '没有任何请求发往其他地址。',
    elsewhereSome: '有请求发往了其他地址。这本不该发生，请反馈给我们。',
    blocked: '被本页策略拒绝',
    own: '发往本地址',
    bytes: '传输量',
    list: (count) => `全部 ${count} 次请求`,
    address: '地址',
    kind: '类型',
    size: '大小',
    cached: '来自缓存',
    limits:
      '列表只包含本页面的请求。后台线程会获取自己的程序，必要时读取示例数据；下面的策略对它们同样有效。',
    policy: '浏览器强制执行的策略',
    noPolicy: '当前是开发服务器，没有设置策略；构建后的版本会设置。',
  },
  erase: {
    title: '全部删除',
    text: '从这个浏览器中移除所有项目、保存的程序和示例副本，以及您的偏好设置。',
    action: '全部删除…',
    question: '删除本机上的全部内容？',
    consequence: '所有项目及其数据、训练记录和模型都会被移除，且无法撤销。',
    word: '删除',
    confirm: '全部删除',
    done: '已全部删除。',
  },
};
