/** The field's words, by the ids that the code uses. */
export const domain = {
  tasks: {
    'tabular-classification': 'Classify rows',
    'tabular-regression': 'Predict a number',
    recommendation: 'Recommend items',
  },
  metrics: {
    ndcgAt10: 'NDCG@10',
    recallAt10: 'Recall@10',
    hitAt10: 'Hit rate@10',
    coverageAt10: 'Coverage@10',
    accuracy: 'Accuracy',
    balancedAccuracy: 'Balanced accuracy',
    precisionMacro: 'Precision',
    recallMacro: 'Recall',
    f1Macro: 'F1',
    rocAuc: 'ROC-AUC',
    prAuc: 'PR-AUC',
    logLoss: 'Log loss',
    mcc: 'MCC',
    brier: 'Brier score',
    medianAbsoluteError: 'Median absolute error',
    mape: 'MAPE',
    mae: 'MAE',
    rmse: 'RMSE',
    r2: 'R²',
    loss: 'Loss',
  },
  /** What to do about an error, by its code; '' where its message says all. */
  remedies: {
    cancelled: '',
    'bad-data': 'Mend the file, or change how it is read, and bring it again.',
    'bad-config': 'Change the settings and try again.',
    unsupported: '',
    'no-backend': 'Try a current Chrome, Edge, Firefox or Safari.',
    'out-of-memory': 'Use a smaller batch, fewer columns or fewer rows.',
    'device-lost':
      'The graphics device went away. Reload the page; training goes on from its last checkpoint.',
    diverged: 'Lower the learning rate. The last good weights are kept.',
    'storage-full':
      'Delete a project that you no longer need, or free space on the disk. What was saved is intact.',
    'storage-blocked':
      'Private windows and strict settings can forbid storage. Open the page in a normal window, or allow it for this site.',
    'newer-version': 'Reload the page to get the newer studio. Nothing was changed.',
    corrupt: 'If you have an exported copy of the project, import that.',
    busy: 'Close the other tab, or wait until it is done.',
    'not-found': '',
    internal: 'Reload the page. If it happens again, copy the details and report them.',
  },
};
