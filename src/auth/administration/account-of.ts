import { ProblemError } from '../../common/problem';
import type { User } from '../../users/user.entity';
import type { UsersService } from '../../users/users.service';

/** The account of an address, for those who may know which there are. @throws ProblemError `not-found` */
export async function accountOf(users: UsersService, email: string): Promise<User> {
  const user = await users.findByEmail(email);
  if (user === null) {
    throw new ProblemError(404, 'not-found', 'Not found', `There is no account with the address ${email}`);
  }
  return user;
}
