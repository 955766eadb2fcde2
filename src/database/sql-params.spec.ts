import { SqlParams } from './sql-params';

describe('SqlParams', () => {
  it('numbers values from one, in order', () => {
    const params = new SqlParams();
    expect([params.add('a'), params.add(null), params.add('a')]).toEqual(['$1', '$2', '$3']);
    expect(params.values).toEqual(['a', null, 'a']);
  });

  it('goes on after the values there are, and leaves their array alone', () => {
    const values = ['user'];
    const params = new SqlParams(values);
    expect(params.add(7)).toBe('$2');
    expect(params.values).toEqual(['user', 7]);
    expect(values).toEqual(['user']);
  });
});
