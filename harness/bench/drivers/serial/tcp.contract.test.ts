import t from 'tap';
import { serialContract } from '../../ports/serial.contract.ts';
import { ser2netMissing, servedBench } from './ser2net.fixture.ts';

const skip = ser2netMissing();
if (skip === false) serialContract(t, 'ser2net, raw', servedBench('raw'));
else t.test('serial contract: ser2net, raw', { skip }, async () => undefined);
