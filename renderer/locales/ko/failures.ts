// Korean words of each failure, by its code, with the details that the engine sends.
import type { FailureCode } from '../../../shared/failure'

export const failures: Readonly<
  Record<FailureCode, { readonly message: string; readonly hint: string }>
> = {
  'file-missing': {
    message: '{path} 파일이 더 이상 없습니다.',
    hint: '제자리에 되돌리거나 다른 파일을 선택하세요.',
  },
  'file-unreadable': {
    message: '{path} 파일을 읽을 수 없습니다: {reason}.',
    hint: '파일과 권한을 확인하세요.',
  },
  'folder-empty': {
    message: '{path} 폴더에서 사진을 찾지 못했습니다.',
    hint: 'JPEG, PNG 또는 WebP 사진이 있는 폴더를 선택하세요.',
  },
  'dataset-too-small': {
    message: '사진이 있는 클래스가 {classes}개입니다. 2개 이상 필요합니다.',
    hint: '다른 클래스의 사진을 추가하세요.',
  },
  'class-too-small': {
    message: '"{name}" 클래스에 학습용 사진이 {count}장 있습니다.',
    hint: '사진을 더 추가하거나 제외하세요.',
  },
  'class-exists': { message: '"{name}" 클래스가 이미 있습니다.', hint: '다른 이름을 고르세요.' },
  'class-locked': { message: '"{name}" 클래스가 잠겨 있습니다.', hint: '먼저 잠금을 푸세요.' },
  'project-missing': {
    message: '프로젝트 {id}이(가) 이 컴퓨터에 없습니다.',
    hint: '다른 프로젝트를 여세요.',
  },
  'in-use': {
    message: '다른 Restage가 {path}을(를) 사용하고 있습니다.',
    hint: '그쪽을 닫거나 끝날 때까지 기다린 뒤 다시 시도하세요.',
  },
  'project-damaged': {
    message: '"{name}" 프로젝트를 열 수 없습니다: {reason}.',
    hint: '{path} 폴더는 그대로 두었습니다. 백업에서 되돌리거나 문제를 고치세요.',
  },
  'labels-damaged': {
    message: '"{name}"의 최근 라벨이 손상되었습니다. {count}줄을 쓸 수 없습니다.',
    hint: '라벨을 확인하세요. 그 줄들은 {path}에 보관했습니다.',
  },
  'queue-damaged': {
    message: '"{name}"의 대기열을 읽을 수 없습니다.',
    hint: '실행을 다시 추가하세요. 파일은 {path}(으)로 보관했습니다.',
  },
  'runs-damaged': {
    message: '"{name}"의 학습 {count}개를 읽을 수 없습니다: {runs}.',
    hint: '{path}의 파일은 그대로입니다. 백업에서 run.json을 되돌리세요.',
  },
  'nothing-granted': {
    message: '{path}은(는) 직접 놓거나 선택한 항목이 아닙니다.',
    hint: '창에 놓거나 선택하세요.',
  },
  'weights-unsafe': {
    message: '{path} 파일이 {name} 실행을 요구하여 열지 않았습니다.',
    hint: '믿을 수 있는 곳의 가중치를 쓰세요. safetensors가 가장 좋습니다.',
  },
  'weights-format': {
    message: '{path}은(는) 읽을 수 있는 가중치 파일이 아닙니다: {reason}.',
    hint: 'safetensors 또는 PyTorch .pth 파일을 쓰세요.',
  },
  'weights-truncated': {
    message: '{path} 파일이 중간에 끊겼습니다: {reason}.',
    hint: '다시 내려받으세요.',
  },
  'weights-architecture': {
    message: '{path}의 텐서는 알려진 ResNet의 것이 아닙니다: {reason}.',
    hint: 'ResNet 18~152, v2 또는 CIFAR 계열의 가중치를 쓰세요.',
  },
  'weights-mismatch': {
    message: '{tensor}의 모양은 {found}인데 {architecture}에는 {expected}이(가) 필요합니다.',
    hint: '이 가중치에 맞는 구조를 선택하세요.',
  },
  'weights-missing': {
    message: '가중치 "{name}"이(가) 이 컴퓨터에 없습니다.',
    hint: '내려받거나 파일을 선택하세요.',
  },
  'download-offline': {
    message: '{host}에 연결할 수 없습니다.',
    hint: '인터넷에 연결한 뒤 다시 시도하세요. 받은 부분은 보관됩니다.',
  },
  'download-status': {
    message: '{host}이(가) {status}(으)로 응답했습니다.',
    hint: '나중에 다시 시도하세요.',
  },
  'download-truncated': {
    message: '내려받기가 {expected}바이트 중 {received}바이트에서 멈췄습니다.',
    hint: '다시 시도하면 멈춘 곳부터 이어집니다.',
  },
  'weights-damaged': {
    message: '{path} 파일이 손상되었거나 변경되었습니다 (체크섬 불일치).',
    hint: '백업에서 되돌리거나, 다시 내려받거나, 다시 학습하세요.',
  },
  'download-size': {
    message: '{host}이(가) 공개된 파일({expected}바이트)보다 많은 데이터를 보냈습니다.',
    hint: '나중에 다시 시도하거나 직접 내려받으세요.',
  },
  'download-slow': {
    message: '{host}에서 내려받는 데 너무 오래 걸렸습니다.',
    hint: '다시 시도하세요. 멈춘 곳부터 이어집니다.',
  },
  'download-hash': {
    message: '{host}이(가) 보낸 파일이 공개된 파일과 다릅니다 (체크섬 불일치).',
    hint: '다시 시도하거나 직접 내려받으세요.',
  },
  'disk-full': {
    message: '디스크가 가득 차서 {path}을(를) 쓰지 못했습니다.',
    hint: '공간을 비우고 다시 시도하세요.',
  },
  'not-writable': {
    message: '{path}에 쓸 수 없습니다: {reason}.',
    hint: '다른 폴더를 선택하세요.',
  },
  'engine-missing': {
    message: '계산 라이브러리를 불러오지 못했습니다: {reason}.',
    hint: 'npm run setup을 실행한 뒤 다시 시도하세요.',
  },
  'engine-stopped': {
    message: '엔진이 예기치 않게 멈춰 다시 시작했습니다.',
    hint: '끝난 에폭은 보관됩니다. 다시 시도하세요.',
  },
  'app-stopped': {
    message: '학습하는 동안 앱이 종료되었습니다.',
    hint: '이어서 학습하세요. 마지막 체크포인트 이후의 작업만 되풀이됩니다.',
  },
  'trash-failed': {
    message: '{path}을(를) 휴지통으로 옮기지 못했습니다: {reason}.',
    hint: '아무것도 삭제하지 않았습니다. 필요 없으면 폴더를 직접 지우세요.',
  },
  'run-active': {
    message: '이미 학습이 진행 중입니다.',
    hint: '끝날 때까지 기다리거나 중지하세요.',
  },
  'out-of-memory': {
    message: '장치의 메모리가 부족합니다: {reason}.',
    hint: '배치나 사진 크기를 줄이세요.',
  },
  'run-missing': { message: '학습 {run}이(가) 없습니다.', hint: '먼저 모델을 학습하세요.' },
  'run-diverged': {
    message: '에폭 {epoch}에서 손실이 {loss}이(가) 되었습니다.',
    hint: '학습률을 낮추세요.',
  },
  'run-stopped': { message: '중지했습니다.', hint: '--resume으로 이어서 할 수 있습니다.' },
  cancelled: { message: '중지했습니다.', hint: '' },
  'bad-input': {
    message: '입력이 올바르지 않습니다: {reason}',
    hint: '고친 뒤 다시 시도하세요.',
  },
  'export-differs': {
    message: '다시 불러온 {format} 모델이 {difference}만큼 다릅니다.',
    hint: '이 문제를 알려 주세요. 파일은 남기지 않았습니다.',
  },
}
