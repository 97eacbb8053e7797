export const privacy = {
  title: 'Privacy',
  lead: 'There is no server behind this page. What you bring is read, trained on and kept by this browser, on this device. Below is the proof, as far as a page can give it.',
  stored: {
    title: 'What is kept here',
    used: 'Used',
    quota: 'The browser allows',
    unknown: 'The browser does not say how much is used.',
    persistent: 'Kept until you delete it',
    notPersistent: 'The browser may clear it when the disk runs short',
    ask: 'Ask the browser to keep it',
    granted: 'The browser will keep your projects until you delete them.',
    refused:
      'The browser said no. It decides by itself, often by how much you use the page; a bookmark helps. Export what you can’t lose.',
    contents:
      'Projects, with their data, runs and models, are in this browser’s IndexedDB. The theme and language that you chose are in its local storage. There are no cookies.',
    encryption:
      'It is not encrypted by Glasshouse. Whoever can use this browser profile, or read this device’s disk, can read it.',
  },
  requests: {
    title: 'What this page asked for',
    lead: 'Every request since the page was opened, as the browser recorded it. They fetch the studio itself and samples; none carries your data.',
    elsewhere: 'To other addresses',
    elsewhereNone: 'Not one request went to another address.',
    elsewhereSome: 'Requests went to another address. That should never happen; please report it.',
    blocked: 'Refused by the page’s own policy',
    own: 'To this address',
    bytes: 'Transferred',
    list: (count: string) => `All ${count} requests`,
    address: 'Address',
    kind: 'Kind',
    size: 'Size',
    cached: 'from cache',
    limits:
      'The list is of this page. Workers fetch their own program and, where needed, the data of a sample; the policy below binds them too.',
    policy: 'The policy that the browser enforces',
    noPolicy: 'This is the development server, which sets no policy. The built studio has one.',
  },
  erase: {
    title: 'Delete everything',
    text: 'Removes every project, the kept copies of the studio and of samples, and your preferences from this browser.',
    action: 'Delete everything…',
    question: 'Delete everything on this device?',
    consequence:
      'All projects, with their data, runs and models, are removed. This can’t be undone.',
    word: 'delete',
    confirm: 'Delete everything',
    done: 'Everything was deleted.',
  },
};
