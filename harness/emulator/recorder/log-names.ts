/** Every entry that a recorder writes into its log, as the house's firmware calls it. */
export const LOG_NAMES = [
  'Activate',
  'Add User',
  'Edit Reserved Email',
  'Edit User',
  'Illegal Login',
  'Local: Login',
  'Local: Shutdown',
  'Reboot',
  'Remote: Login',
  'Remote: Logout',
  'Remote: Time',
  'Reset Password: Cancelled',
  'Reset Password: Code Accepted',
  'Reset Password: Set',
  'Reset Password: Start',
  'Reset Password: Success',
  'Reset Password: Wrong Code',
  'Restore Default Settings',
  'System Start',
] as const;
export type LogName = (typeof LOG_NAMES)[number];
