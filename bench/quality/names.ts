// What the peers are called in results and tables.
export const regression = 'scikit-learn'
export const fineTuning = 'PyTorch'
