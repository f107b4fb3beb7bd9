// English words of the Use room.
export const use = {
  useRoom: {
    title: 'Use',
    empty: 'No model yet',
    emptyHint: 'Fine-tune a model first; then drop any picture here to see what it says.',
    fineTune: 'Fine-tune',
    model: 'Model',
    drop: 'Drop pictures here, or paste one',
    dropHere: 'Let go to see what the model says',
    choose: 'Choose a picture',
    looking: 'Looking...',
    pasted: 'Pasted picture',
    sure: '{confidence} sure.',
    topOf: 'The {count} most likely of {total} classes',
    cannotRead: 'This file cannot be read',
    nothingYet: 'What the model says appears here.',
    file: 'File',
    says: 'Says',
    confidence: 'Confidence',
    several: '{count} picture | {count} pictures',
    saveCsv: 'Save as CSV',
    export: 'Export',
    exportNote: 'each is reloaded and compared before it counts as done',
    exportButton: 'Export',
    exporting: 'Writing and checking...',
    again: 'Again',
    formats: {
      tfjs: {
        title: 'TensorFlow.js',
        purpose: 'For web pages and Node: runs in the browser, no server.',
      },
      safetensors: {
        title: 'safetensors',
        purpose: 'The weights alone, with torchvision names, for PyTorch.',
      },
    },
    exported:
      'reloaded, {count} photo, largest difference {difference} | reloaded, {count} photos, largest difference {difference}',
    show: 'Show in folder',
  },
}
