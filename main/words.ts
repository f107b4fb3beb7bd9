// The few words that main itself says, in the system's language: the page, which has all others, may
// be gone or hidden when they are needed.
const english = {
  title: 'A run is still training',
  detail: 'What shall become of it when the window closes?',
  background: 'Keep training in the background',
  pause: 'Pause it',
  stop: 'Stop it',
  stay: 'Stay here',
  show: 'Show Restage',
  quit: 'Quit Restage',
  finished: (share: string) => `Training is finished: ${share} right`,
  stopped: 'Training was stopped',
  failed: 'Training ended with an error',
}
export type Words = typeof english

const korean: Words = {
  title: '아직 학습 중입니다',
  detail: '창을 닫으면 학습을 어떻게 할까요?',
  background: '백그라운드에서 계속 학습',
  pause: '일시 정지',
  stop: '중지',
  stay: '여기에 머무르기',
  show: 'Restage 열기',
  quit: 'Restage 종료',
  finished: (share: string) => `학습이 끝났습니다: 정확도 ${share}`,
  stopped: '학습을 중지했습니다',
  failed: '학습이 오류로 끝났습니다',
}

export const wordsFor = (locale: string): Words => (/^ko\b/.test(locale) ? korean : english)
