using MfaGateway.Outcome;

namespace MfaGateway.Pages;

/// <summary>The words of the pages in one language.</summary>
internal sealed record PageTexts
{
    public required string Language { get; init; }
    public required string Reference { get; init; }
    public required string ReferenceHint { get; init; }
    public required string SignInAgain { get; init; }
    public required string TryAgain { get; init; }
    public required string BackToMail { get; init; }
    public required string SignOut { get; init; }
    public required string ChooseTitle { get; init; }
    public required string Choose { get; init; }
    public required string SigningInTitle { get; init; }
    public required string SigningIn { get; init; }
    public required string Continue { get; init; }
    public required string SignedOutTitle { get; init; }
    public required string SignedOut { get; init; }
    public required string ConfirmSignOutTitle { get; init; }
    public required string ConfirmSignOut { get; init; }
    public required IReadOnlyDictionary<RefusalText, (string Title, string Text)> Refusals { get; init; }

    public static readonly PageTexts English = new()
    {
        Language = "en",
        Reference = "Reference",
        ReferenceHint = "Give this reference to your help desk: it finds the record of what happened.",
        SignInAgain = "Sign in again",
        TryAgain = "Try again",
        BackToMail = "Go to your mail",
        SignOut = "Sign out",
        ChooseTitle = "Sign in",
        Choose = "Choose where your account lives.",
        SigningInTitle = "Signing in",
        SigningIn = "You are being taken to the sign-in page.",
        Continue = "Continue",
        SignedOutTitle = "You are signed out",
        SignedOut = "Your mail is closed. On a shared computer, close all browser windows too.",
        ConfirmSignOutTitle = "Sign out?",
        ConfirmSignOut = "Another website asked to sign you out of your mail. Nothing has happened yet.",
        Refusals = new Dictionary<RefusalText, (string, string)>
        {
            [RefusalText.BadRequest] = ("This request cannot be read", "The address or the request is malformed, so it was not passed on."),
            [RefusalText.NotFound] = ("There is nothing here", "The address does not exist or is not available from outside."),
            [RefusalText.TooLarge] = ("That is too large", "What you sent is larger than the mail server accepts."),
            [RefusalText.CrossSite] = ("Sent from another website", "The request came from another website and was not passed on."),
            [RefusalText.TooMany] = ("Too many sign-ins", "Too many sign-ins were started from your network. Wait a minute and try again."),
            [RefusalText.TooBusy] = ("Too many requests", "More was asked for at once than the gateway passes on for one person or network. Wait a moment and try again."),
            [RefusalText.Denied] = ("You have no access", "You are signed in, but the access policy does not allow you to open this page."),
            [RefusalText.FactorMissing] = ("A second factor is needed",
                "This page needs multi-factor authentication, and your sign-in did not prove it. Set up a second factor, or sign in again and use it."),
            [RefusalText.SignInDenied] = ("The sign-in was refused", "The sign-in service refused the sign-in, or you cancelled it."),
            [RefusalText.SignInStale] = ("The sign-in could not be completed",
                "It took too long, was started in another browser, or this page was opened twice. Nothing is broken: sign in again."),
            [RefusalText.SignInInvalid] = ("The sign-in could not be verified", "The answer of the sign-in service could not be verified, so you were not signed in."),
            [RefusalText.ProviderDown] = ("Signing in is not possible at the moment", "The sign-in service does not answer. Try again in a moment."),
            [RefusalText.Unavailable] = ("Not available at the moment", "A part of the gateway does not answer. Your session is kept; try again in a moment."),
            [RefusalText.NoServer] = ("Your mail is not available at the moment", "No mail server answers. Try again in a moment."),
            [RefusalText.SignOnFailed] = ("The mail server did not accept you", "You are signed in here, but the mail server refused the sign-on."),
            [RefusalText.NoUserName] = ("Your account has no name for the mail server",
                "You are signed in, but your sign-in does not say which account is yours at the mail server."),
            [RefusalText.PrivilegedUser] = ("This account cannot be used here",
                "Accounts of this kind are not signed on to the mail server from outside. Use your personal account."),
            [RefusalText.UserUnknown] = ("The mail server's domain does not know you",
                "You are signed in, but there is no account of your name in the domain of the mail server."),
            [RefusalText.UserDisabled] = ("Your account is disabled or locked", "The domain of the mail server does not accept your account at the moment."),
            [RefusalText.UserExpired] = ("Your account has expired", "The domain of the mail server no longer accepts your account."),
            [RefusalText.PasswordExpired] = ("Your password must be changed",
                "The domain of the mail server accepts your account again once its password has been changed."),
            [RefusalText.NotDelegable] = ("Your account is specially protected",
                "It may not be signed on by the gateway on your behalf. Use another account for your mail, or open your mail from inside."),
            [RefusalText.DelegationRefused] = ("The mail server did not accept you",
                "The domain does not let the gateway sign you on. Nothing is wrong with your sign-in."),
            [RefusalText.ServiceUnknown] = ("The mail server could not be found",
                "The domain does not know the mail server under the name that the gateway uses. Nothing is wrong with your sign-in."),
            [RefusalText.GatewayAccount] = ("Your mail is not available at the moment",
                "The gateway's own account does not work. Nothing is wrong with your sign-in."),
            [RefusalText.EncryptionType] = ("The mail server did not accept you",
                "Domain and gateway have no encryption in common. Nothing is wrong with your sign-in."),
            [RefusalText.ClockSkew] = ("Your mail is not available at the moment",
                "The clocks of gateway and domain differ too much. Nothing is wrong with your sign-in."),
            [RefusalText.KdcUnreachable] = ("Your mail is not available at the moment",
                "No domain controller answers. Your session is kept; try again in a moment."),
            [RefusalText.KdcSlow] = ("Your mail takes too long", "The domain controllers answer too slowly. Your session is kept; try again in a moment."),
            [RefusalText.WrongIdentity] = ("You were not signed on", "The sign-on would have been for another account, so it was stopped."),
            [RefusalText.BindingRefused] = ("The mail server did not accept you",
                "It takes the gateway's connection for one that was tampered with. Nothing is wrong with your sign-in."),
            [RefusalText.ServerRefused] = ("The mail server did not accept you", "You are signed in here, but the mail server refused the sign-on twice."),
            [RefusalText.MutualAuthenticationFailed] = ("The mail server could not be verified",
                "Who answered did not prove to be your mail server, so its answer was not passed on."),
            [RefusalText.Broken] = ("Something went wrong", "The gateway met an error of its own. It has been recorded."),
        },
    };

    public static readonly PageTexts German = new()
    {
        Language = "de",
        Reference = "Kennung",
        ReferenceHint = "Nennen Sie Ihrem Helpdesk diese Kennung: damit ist der Vorgang zu finden.",
        SignInAgain = "Erneut anmelden",
        TryAgain = "Erneut versuchen",
        BackToMail = "Zum Postfach",
        SignOut = "Abmelden",
        ChooseTitle = "Anmelden",
        Choose = "Wählen Sie, wo Ihr Konto geführt wird.",
        SigningInTitle = "Anmeldung",
        SigningIn = "Sie werden zur Anmeldeseite weitergeleitet.",
        Continue = "Weiter",
        SignedOutTitle = "Sie sind abgemeldet",
        SignedOut = "Ihr Postfach ist geschlossen. Schließen Sie auf einem gemeinsam genutzten Computer auch alle Browserfenster.",
        ConfirmSignOutTitle = "Abmelden?",
        ConfirmSignOut = "Eine andere Website wollte Sie von Ihrem Postfach abmelden. Es ist noch nichts geschehen.",
        Refusals = new Dictionary<RefusalText, (string, string)>
        {
            [RefusalText.BadRequest] = ("Diese Anfrage ist nicht lesbar", "Die Adresse oder die Anfrage ist fehlerhaft und wurde nicht weitergeleitet."),
            [RefusalText.NotFound] = ("Hier ist nichts", "Die Adresse gibt es nicht, oder sie ist von außen nicht verfügbar."),
            [RefusalText.TooLarge] = ("Das ist zu groß", "Ihre Sendung ist größer, als der Mailserver annimmt."),
            [RefusalText.CrossSite] = ("Von einer anderen Website gesendet", "Die Anfrage kam von einer anderen Website und wurde nicht weitergeleitet."),
            [RefusalText.TooMany] = ("Zu viele Anmeldungen", "Aus Ihrem Netz wurden zu viele Anmeldungen begonnen. Warten Sie eine Minute."),
            [RefusalText.TooBusy] = ("Zu viele Anfragen", "Es kamen mehr Anfragen auf einmal, als für eine Person oder ein Netz weitergegeben werden. Warten Sie einen Augenblick."),
            [RefusalText.Denied] = ("Kein Zugriff", "Sie sind angemeldet, aber die Zugriffsrichtlinie erlaubt Ihnen diese Seite nicht."),
            [RefusalText.FactorMissing] = ("Ein zweiter Faktor ist nötig",
                "Diese Seite verlangt Multi-Faktor-Authentifizierung, und Ihre Anmeldung hat sie nicht nachgewiesen. Richten Sie einen zweiten Faktor ein, oder melden Sie sich erneut an und verwenden Sie ihn."),
            [RefusalText.SignInDenied] = ("Die Anmeldung wurde abgelehnt", "Der Anmeldedienst hat die Anmeldung abgelehnt, oder Sie haben sie abgebrochen."),
            [RefusalText.SignInStale] = ("Die Anmeldung wurde nicht abgeschlossen",
                "Sie hat zu lange gedauert, wurde in einem anderen Browser begonnen, oder diese Seite wurde zweimal geöffnet. Melden Sie sich einfach erneut an."),
            [RefusalText.SignInInvalid] = ("Die Anmeldung ließ sich nicht prüfen", "Die Antwort des Anmeldedienstes ließ sich nicht prüfen, deshalb sind Sie nicht angemeldet."),
            [RefusalText.ProviderDown] = ("Anmelden ist zurzeit nicht möglich", "Der Anmeldedienst antwortet nicht. Versuchen Sie es gleich noch einmal."),
            [RefusalText.Unavailable] = ("Zurzeit nicht verfügbar", "Ein Teil des Gateways antwortet nicht. Ihre Sitzung bleibt bestehen; versuchen Sie es gleich noch einmal."),
            [RefusalText.NoServer] = ("Ihr Postfach ist zurzeit nicht erreichbar", "Kein Mailserver antwortet. Versuchen Sie es gleich noch einmal."),
            [RefusalText.SignOnFailed] = ("Der Mailserver hat Sie nicht angenommen", "Sie sind hier angemeldet, aber der Mailserver hat die Anmeldung abgelehnt."),
            [RefusalText.NoUserName] = ("Ihr Konto hat keinen Namen für den Mailserver",
                "Sie sind angemeldet, aber Ihre Anmeldung sagt nicht, welches Konto am Mailserver Ihres ist."),
            [RefusalText.PrivilegedUser] = ("Dieses Konto ist hier nicht verwendbar",
                "Konten dieser Art werden von außen nicht am Mailserver angemeldet. Verwenden Sie Ihr persönliches Konto."),
            [RefusalText.UserUnknown] = ("Die Domäne des Mailservers kennt Sie nicht",
                "Sie sind angemeldet, aber in der Domäne des Mailservers gibt es kein Konto mit Ihrem Namen."),
            [RefusalText.UserDisabled] = ("Ihr Konto ist deaktiviert oder gesperrt", "Die Domäne des Mailservers nimmt Ihr Konto zurzeit nicht an."),
            [RefusalText.UserExpired] = ("Ihr Konto ist abgelaufen", "Die Domäne des Mailservers nimmt Ihr Konto nicht mehr an."),
            [RefusalText.PasswordExpired] = ("Ihr Kennwort muss geändert werden",
                "Die Domäne des Mailservers nimmt Ihr Konto wieder an, sobald das Kennwort geändert ist."),
            [RefusalText.NotDelegable] = ("Ihr Konto ist besonders geschützt",
                "Das Gateway darf es nicht in Ihrem Namen anmelden. Verwenden Sie für Ihre Post ein anderes Konto, oder öffnen Sie sie von innen."),
            [RefusalText.DelegationRefused] = ("Der Mailserver hat Sie nicht angenommen",
                "Die Domäne erlaubt dem Gateway nicht, Sie anzumelden. An Ihrer Anmeldung liegt es nicht."),
            [RefusalText.ServiceUnknown] = ("Der Mailserver wurde nicht gefunden",
                "Die Domäne kennt den Mailserver nicht unter dem Namen, den das Gateway verwendet. An Ihrer Anmeldung liegt es nicht."),
            [RefusalText.GatewayAccount] = ("Ihr Postfach ist zurzeit nicht erreichbar",
                "Das eigene Konto des Gateways funktioniert nicht. An Ihrer Anmeldung liegt es nicht."),
            [RefusalText.EncryptionType] = ("Der Mailserver hat Sie nicht angenommen",
                "Domäne und Gateway haben keine gemeinsame Verschlüsselung. An Ihrer Anmeldung liegt es nicht."),
            [RefusalText.ClockSkew] = ("Ihr Postfach ist zurzeit nicht erreichbar",
                "Die Uhren von Gateway und Domäne gehen zu weit auseinander. An Ihrer Anmeldung liegt es nicht."),
            [RefusalText.KdcUnreachable] = ("Ihr Postfach ist zurzeit nicht erreichbar",
                "Kein Domänencontroller antwortet. Ihre Sitzung bleibt bestehen; versuchen Sie es gleich noch einmal."),
            [RefusalText.KdcSlow] = ("Ihr Postfach braucht zu lange",
                "Die Domänencontroller antworten zu langsam. Ihre Sitzung bleibt bestehen; versuchen Sie es gleich noch einmal."),
            [RefusalText.WrongIdentity] = ("Sie wurden nicht angemeldet", "Die Anmeldung hätte einem anderen Konto gegolten und wurde deshalb abgebrochen."),
            [RefusalText.BindingRefused] = ("Der Mailserver hat Sie nicht angenommen",
                "Er hält die Verbindung des Gateways für verfälscht. An Ihrer Anmeldung liegt es nicht."),
            [RefusalText.ServerRefused] = ("Der Mailserver hat Sie nicht angenommen",
                "Sie sind hier angemeldet, aber der Mailserver hat die Anmeldung zweimal abgelehnt."),
            [RefusalText.MutualAuthenticationFailed] = ("Der Mailserver ließ sich nicht prüfen",
                "Wer geantwortet hat, hat sich nicht als Ihr Mailserver ausgewiesen; die Antwort wurde nicht weitergegeben."),
            [RefusalText.Broken] = ("Etwas ist schiefgegangen", "Im Gateway ist ein Fehler aufgetreten. Er wurde aufgezeichnet."),
        },
    };

    /// <summary>Every language there is; the first is the one for everybody else.</summary>
    public static readonly IReadOnlyList<PageTexts> All = [English, German];
}
