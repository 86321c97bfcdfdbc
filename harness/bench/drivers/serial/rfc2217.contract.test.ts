import t from 'tap';
import { serialContract } from '../../ports/serial.contract.ts';
import { ser2netMissing, servedBench } from './ser2net.fixture.ts';

const skip = ser2netMissing();
if (skip === false) serialContract(t, 'ser2net, rfc2217', servedBench('rfc2217'));
else t.test('serial contract: ser2net, rfc2217', { skip }, async () => undefined);
