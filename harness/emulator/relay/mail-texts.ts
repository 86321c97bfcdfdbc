/** The words of the code mail in one language. `{unit}` stands for model and masked serial number. */
export interface MailWords {
  readonly subject: string;
  readonly greeting: string;
  readonly asked: string;
  readonly codeIs: string;
  readonly how: string;
  readonly life: string;
  readonly notYou: string;
  readonly closing: string;
  readonly automatic: string;
}

/** The code mail in every language a recorder speaks. Own wording. */
export const MAIL_WORDS = {
  en: {
    subject: 'Your verification code for resetting the device password',
    greeting: 'Dear user,',
    asked: 'You have asked to reset the admin password of {unit}.',
    codeIs: 'Your verification code:',
    how: 'Enter it at the recorder, in the window Verify by Reserved Email.',
    life: 'The code is valid for 48 hours. It becomes void when the recorder restarts or its reserved email changes.',
    notYou: 'If you have not asked for this, you can ignore this message: nothing changes without the code.',
    closing: 'Kind regards',
    automatic: 'This message was sent automatically; please do not answer it.',
  },
  de: {
    subject: 'Ihr Prüfcode zum Zurücksetzen des Gerätepassworts',
    greeting: 'Guten Tag,',
    asked: 'Sie möchten das Administratorpasswort von {unit} zurücksetzen.',
    codeIs: 'Ihr Prüfcode:',
    how: 'Geben Sie ihn am Rekorder im Fenster für die hinterlegte E-Mail-Adresse ein.',
    life: 'Der Code gilt 48 Stunden. Er verfällt, wenn der Rekorder neu startet oder die hinterlegte Adresse geändert wird.',
    notYou:
      'Wenn Sie das nicht veranlasst haben, brauchen Sie nichts zu tun: Ohne den Code ändert sich nichts.',
    closing: 'Mit freundlichen Grüßen',
    automatic: 'Diese Nachricht wurde automatisch verschickt; bitte antworten Sie nicht darauf.',
  },
  fr: {
    subject: 'Votre code de vérification pour réinitialiser le mot de passe',
    greeting: 'Bonjour,',
    asked: 'Vous avez demandé la réinitialisation du mot de passe administrateur de {unit}.',
    codeIs: 'Votre code de vérification :',
    how: "Saisissez-le sur l'enregistreur, dans la fenêtre de vérification par e-mail de secours.",
    life: "Ce code est valable 48 heures. Il est annulé si l'enregistreur redémarre ou si l'adresse de secours change.",
    notYou:
      "Si vous n'êtes pas à l'origine de cette demande, ignorez ce message : sans le code, rien ne change.",
    closing: 'Cordialement',
    automatic: 'Ce message a été envoyé automatiquement ; merci de ne pas y répondre.',
  },
  es: {
    subject: 'Su código de verificación para restablecer la contraseña',
    greeting: 'Estimado usuario:',
    asked: 'Ha solicitado restablecer la contraseña de administrador de {unit}.',
    codeIs: 'Su código de verificación:',
    how: 'Introdúzcalo en el grabador, en la ventana de verificación por correo reservado.',
    life: 'El código es válido durante 48 horas. Se anula si el grabador se reinicia o si cambia el correo reservado.',
    notYou: 'Si no lo ha solicitado, ignore este mensaje: sin el código no cambia nada.',
    closing: 'Un cordial saludo',
    automatic: 'Este mensaje se ha enviado de forma automática; por favor, no responda.',
  },
  pl: {
    subject: 'Kod weryfikacyjny do zresetowania hasła urządzenia',
    greeting: 'Dzień dobry,',
    asked: 'Otrzymaliśmy prośbę o zresetowanie hasła administratora urządzenia {unit}.',
    codeIs: 'Twój kod weryfikacyjny:',
    how: 'Wpisz go w rejestratorze, w oknie weryfikacji przez zapasowy adres e-mail.',
    life: 'Kod jest ważny 48 godzin. Traci ważność po ponownym uruchomieniu rejestratora lub zmianie zapasowego adresu.',
    notYou: 'Jeśli to nie Ty, zignoruj tę wiadomość: bez kodu nic się nie zmieni.',
    closing: 'Z poważaniem',
    automatic: 'Wiadomość wysłano automatycznie; prosimy na nią nie odpowiadać.',
  },
} as const satisfies Readonly<Record<string, MailWords>>;

/** What the app tells its user after a scan; `invalid-qr` is no maker's. */
export const APP_WORDS = {
  sent: 'The verification code has been sent to the reserved email address. Please check your inbox and spam folder.',
  'invalid-qr': 'This is not a valid password reset QR code.',
  'rate-limited': 'Too many requests. Please try again later.',
  expired: 'The QR code has expired. Please refresh it on the device and scan again.',
} as const;
export type AppWords = Readonly<Record<keyof typeof APP_WORDS, string>>;
