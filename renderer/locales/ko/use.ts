// Korean words of the Use room.
import type { use as english } from '../en/use'

export const use: typeof english = {
  useRoom: {
    title: '사용',
    empty: '아직 모델이 없습니다',
    emptyHint: '먼저 모델을 미세 조정하세요. 그다음 사진을 놓으면 결과를 볼 수 있습니다.',
    fineTune: '미세 조정',
    model: '모델',
    drop: '사진을 놓거나 붙여 넣으세요',
    dropHere: '놓으면 결과를 보여 줍니다',
    choose: '사진 선택',
    looking: '보는 중...',
    pasted: '붙여 넣은 사진',
    sure: '확신 {confidence}.',
    topOf: '{total}개 클래스 중 가장 유력한 {count}개',
    cannotRead: '이 파일을 읽을 수 없습니다',
    nothingYet: '모델의 답이 여기에 나타납니다.',
    file: '파일',
    says: '결과',
    confidence: '확신',
    several: '사진 {count}장',
    saveCsv: 'CSV로 저장',
    export: '내보내기',
    exportNote: '각각 다시 읽어 비교한 뒤 완료됩니다',
    exportButton: '내보내기',
    exporting: '쓰고 확인하는 중...',
    again: '다시',
    formats: {
      tfjs: {
        title: 'TensorFlow.js',
        purpose: '웹 페이지와 Node용: 서버 없이 브라우저에서 실행됩니다.',
      },
      safetensors: { title: 'safetensors', purpose: 'PyTorch용 가중치만, torchvision 이름으로.' },
    },
    exported: '다시 읽음, 사진 {count}장, 최대 차이 {difference}',
    show: '폴더에서 보기',
  },
}
